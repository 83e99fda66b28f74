import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { CommandFacts } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { listAllFlags } from '../../src/cli/config/flags.js';
import { EXIT } from '../../src/cli/exit-codes.js';
import { splitEpilogue } from '../../src/cli/manual/epilogue.js';
import { toLine, toText } from '../../src/cli/manual/escape.js';
import { findReleaseDate } from '../../src/cli/manual/release-date.js';
import { renderManual } from '../../src/cli/manual/render.js';
import { runProgram } from '../../src/cli/program.js';
import { recordWorld } from './recorded-world.js';

const edition = { version: '1.2.3', date: '2025-01-31' };
const nasty: CommandFacts = {
  name: 'nasty',
  summary: '.SH is a dot, \\fB a backslash',
  operands: { name: 'what-for', help: "'tis an apostrophe" },
  epilogue: '\n.br "quoted" \\n ^~` – and …\n\nExamples:\n  .sh \\$HOME\n  \'x\'\n',
  flags: [{ name: 'a-b', value: 'X-Y|Z', help: `'br ${'. '.repeat(60)}.PP\\c` }],
};

/** @throws when the tool is missing */
const runTool = (tool: string, args: readonly string[], input: string): { stdout: string; complaints: string } => {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { input, encoding: 'utf8' });
  if (error) throw error;
  return { stdout, complaints: `${status === 0 ? '' : `exit ${String(status)}: `}${stderr}` };
};

/** What people read, without the overstrikes and the breaks of lines. */
const readPage = (page: string): string => {
  const { stdout, complaints } = runTool('mandoc', ['-Tutf8', '-Owidth=120'], page);
  expect(complaints).toBe('');
  // eslint-disable-next-line no-control-regex -- terminals of the past wrote a letter twice to make it bold
  return stdout.replace(/.\x08/gu, '').replace(/\s+/g, ' ');
};

describe('whylate manual', () => {
  it.each([
    ['of the program', renderManual(commands, edition)],
    ['of nasty texts', renderManual([...commands, nasty], edition)],
  ])('is good roff to mandoc and to groff: %s', (_, page) => {
    const lint = runTool('mandoc', ['-Tlint', '-Wstyle'], page);
    expect(lint).toEqual({ stdout: '', complaints: '' });
    expect(runTool('groff', ['-man', '-ww', '-Tutf8', '-Kascii'], page).complaints).toBe('');
  });

  it('has every command, flag, exit code, file, variable and example', () => {
    const page = readPage(renderManual(commands, edition));
    for (const command of commands) {
      expect(page).toContain(`whylate ${command.name}`);
      expect(page).toContain(command.summary);
      for (const { name, value, help, negatable } of listAllFlags(command)) {
        const words = help.replace(/\s+/g, ' ');
        expect(page).toContain(` --${name} ${value === undefined ? '' : `${value} `}${words}`);
        if (negatable === true) expect(page).toContain(`--no-${name} the opposite of --${name}`);
      }
      for (const example of splitEpilogue(command.epilogue ?? '').examples) expect(page).toContain(example);
    }
    for (const code of Object.values(EXIT)) expect(page).toMatch(new RegExp(` ${String(code)} [A-Z]`));
    for (const name of ['NO_COLOR', 'SOURCE_DATE_EPOCH', 'WHYLATE_DEBUG', 'WHYLATE_STATE_DIR', 'WHYLATE_CONFIG'])
      expect(page).toContain(name);
    for (const name of ['session.json', 'figures.json', '--config']) expect(page).toContain(name);
    for (const name of [
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'COMMANDS',
      'EXIT STATUS',
      'FILES',
      'ENVIRONMENT',
      'EXAMPLES',
    ])
      expect(page).toContain(` ${name} `);
    expect(page).toContain('whylate 1.2.3 2025-01-31 WHYLATE(1)');
  });

  it('shows nasty texts as they are', () => {
    const page = readPage(renderManual([nasty], edition));
    expect(page).toContain('.SH is a dot, \\fB a backslash');
    expect(page).toContain("'tis an apostrophe");
    expect(page).toContain('.br "quoted" \\n ^~` – and …');
    expect(page).toContain(".sh \\$HOME 'x'");
    expect(page).toContain("--a-b X-Y|Z 'br . . .");
    expect(page).toContain('.PP\\c');
  });

  it('takes its date from SOURCE_DATE_EPOCH', async () => {
    const titleWith = async (env: Record<string, string>) => {
      const world = recordWorld({ env });
      expect(await runProgram(['manual'], world)).toBe(0);
      return world.written.stdout.split('\n')[0];
    };
    expect(await titleWith({ SOURCE_DATE_EPOCH: '1700000000' })).toMatch(
      /^\.TH WHYLATE 1 "2023-11-14" "whylate [\d.]+/,
    );
    expect(await titleWith({})).toMatch(/^\.TH WHYLATE 1 "(\d{4}-\d\d-\d\d)?" /);
    const world = recordWorld({ env: { SOURCE_DATE_EPOCH: 'soon' } });
    expect(await runProgram(['manual'], world)).toBe(2);
    expect(world.written.stderr).toMatch(/SOURCE_DATE_EPOCH/);
  });

  it('else from the release in the changelog', () => {
    const changelog = '# Changelog\n\n## 1.2.0 (2027-01-31)\n\n- x\n\n## 0.1.0 (unreleased)\n';
    expect(findReleaseDate(changelog, '1.2.0')).toBe('2027-01-31');
    expect(findReleaseDate(changelog, '0.1.0')).toBeNull();
    expect(findReleaseDate(changelog, '1')).toBeNull();
    expect(findReleaseDate('', '1.2.0')).toBeNull();
  });
});

describe('roff', () => {
  it('is escaped', () => {
    expect(toLine(".x-y 'z' \\n –")).toBe('\\&.x\\-y \\(aqz\\(aq \\en \\[u2013]');
    expect(toText('a b')).toEqual(['a b']);
    expect(toText(' ')).toEqual([]);
    const long = toText(`${'word '.repeat(40)}.end`);
    expect(long.length).toBeGreaterThan(2);
    expect(Math.max(...long.map((line) => line.length))).toBeLessThan(80);
  });
});
