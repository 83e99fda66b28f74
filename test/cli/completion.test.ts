import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandFacts } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { renderBashCompletion } from '../../src/cli/completion/bash.js';
import { renderFishCompletion } from '../../src/cli/completion/fish.js';
import { describeSurface } from '../../src/cli/completion/surface.js';
import { readValueKind } from '../../src/cli/completion/value-kind.js';
import { renderZshCompletion } from '../../src/cli/completion/zsh.js';
import { listAllFlags } from '../../src/cli/config/flags.js';
import { runProgram } from '../../src/cli/program.js';
import { openShellTerminal, type ShellTerminal } from './completion-terminal.js';
import { recordWorld } from './recorded-world.js';

/** A command whose texts are as nasty as texts can be. */
const nasty: CommandFacts = {
  name: 'nasty',
  summary: `it's "quoted": $HOME \`id\` \\n [x] 100 %`,
  operands: { name: 'session', help: 'x' },
  flags: [
    { name: 'one', value: 'DURATION', help: `it's "quoted": $HOME \`id\` \\n [x] $(id)` },
    { name: 'two', value: 'a-b|c.d', help: ': ] \\' },
    { name: 'many', value: '[NAME=]FILE', repeatable: true, help: '[' },
    { name: 'where', value: 'FOLDER', help: "'" },
    { name: 'switch', negatable: true, help: '%s' },
  ],
};
const surface = describeSurface([...commands, nasty]);
const scripts = {
  bash: renderBashCompletion(surface),
  zsh: renderZshCompletion(surface),
  fish: renderFishCompletion(surface),
};

const listOptions = (command: CommandFacts): string[] => [
  ...listAllFlags(command).flatMap(({ name, negatable }) =>
    negatable === true ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  ),
  ...(command.flags.length > 0 ? ['--help'] : []),
];

let folder = '';
const fileOf = (shell: keyof typeof scripts): string => join(folder, `completion.${shell}`);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-completion-'));
  for (const shell of ['bash', 'zsh', 'fish'] as const) writeFileSync(fileOf(shell), scripts[shell]);
  writeFileSync(join(folder, 'my trace.jsonl'), '');
  writeFileSync(join(folder, 'only.pcap'), '');
  mkdirSync(join(folder, 'recorded'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** @throws when the shell is missing or complains */
const runShell = (shell: string, args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(shell, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8' },
  });
  if (error) throw error;
  expect({ shell, args, status, stderr }).toEqual({ shell, args, status: 0, stderr: '' });
  return stdout;
};

describe('whylate completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints the script for %s', async (shell) => {
    const world = recordWorld();
    expect(await runProgram(['completion', shell], world)).toBe(0);
    expect(world.written.stdout).toContain(`${shell} completion for whylate`);
    expect(world.written.stderr).toBe('');
  });

  it.each([
    [[], /no shell given; write bash, zsh or fish/],
    [['ksh'], /no script for this shell; write bash/],
    [['bash', 'zsh'], /too many arguments/],
  ])('refuses %j', async (args, message) => {
    const world = recordWorld();
    expect(await runProgram(['completion', ...args], world)).toBe(2);
    expect(world.written.stderr).toMatch(message);
  });

  it('knows the kinds of values by their words', () => {
    expect(readValueKind('FILE')).toEqual({ kind: 'file' });
    expect(readValueKind('[NAME=]FILE')).toEqual({ kind: 'named-file' });
    expect(readValueKind('DIR')).toEqual({ kind: 'folder' });
    expect(readValueKind('DURATION')).toEqual({ kind: 'duration' });
    expect(readValueKind('N')).toEqual({ kind: 'number' });
    expect(readValueKind('late|takeover')).toEqual({ kind: 'choice', of: ['late', 'takeover'] });
    expect(readValueKind('ANYTHING')).toEqual({ kind: 'text' });
  });
});

describe('in bash', () => {
  /** What is offered, by the words as bash parts them. */
  const offer = (...words: string[]): string[] => {
    const script = `
      compopt() { printf 'compopt %s\\n' "$*"; }
      source "$1"; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _whylate
      ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
    const args = ['--norc', '--noprofile', '-c', script, 'bash', fileOf('bash'), 'whylate', ...words];
    return runShell('bash', args).split('\n').slice(0, -1);
  };

  it('every command is offered, and every flag of each', () => {
    const names = commands.map(({ name }) => name);
    expect(offer('').sort()).toEqual([...names, 'nasty', 'help', '--help', '--version'].sort());
    for (const command of commands.filter(({ flags }) => flags.length > 0))
      expect(offer(command.name, '--')).toEqual(listOptions(command));
  });

  it.each([
    [
      ['analyze', '--fail-on', ''],
      ['late', 'takeover'],
    ],
    [
      ['analyze', '--fail-on', '='],
      ['late', 'takeover'],
    ],
    [['analyze', '--fail-on', '=', 'ta'], ['takeover']],
    [['analyze', '--trace', 'tr'], ['compopt -o default']],
    [['analyze', '--capture', '=', 'receiver', '=', 'b'], ['compopt -o default']],
    [['analyze', '--capture', 'receiver', '='], ['compopt -o default']],
    [['analyze', '--vrid', ''], []],
    [['analyze', '--json', ''], ['compopt -o default']],
    [['analyze', '--', '--js'], ['compopt -o default']],
    [['analyze', '--no-c'], ['--no-color']],
    [['record', '--out', ''], ['compopt -o dirnames -o nospace']],
    [['compare', ''], ['compopt -o dirnames -o nospace']],
    [['completion', 'f'], ['fish']],
    [['help', 'rec'], ['record']],
    [['schema', ''], []],
    [
      ['nasty', '--two', ''],
      ['a-b', 'c.d'],
    ],
    [['no-such-command', ''], []],
  ])('%j', (words, offered) => {
    expect(offer(...words)).toEqual(offered);
  });
});

describe('in fish', () => {
  const offer = (line: string): string[] =>
    runShell('fish', ['--no-config', '-c', `source ${fileOf('fish')}; complete -C '${line}'`])
      .split('\n')
      .slice(0, -1);
  const offerNames = (line: string): string[] => offer(line).map((each) => each.split('\t')[0] ?? '');

  it('every command is offered, and every flag of each, with what they are', () => {
    const expected = [...commands, nasty].map(({ name, summary }) => `${name}\t${summary}`);
    expect(offer('whylate ').sort()).toEqual([...expected, 'help\tdisplay help for a command'].sort());
    for (const command of [...commands, nasty].filter(({ flags }) => flags.length > 0))
      expect(offerNames(`whylate ${command.name} --`).sort()).toEqual(listOptions(command).sort());
    expect(offer('whylate analyze --vri')).toEqual(['--vrid\tonly this virtual router']);
    expect(offer('whylate nasty --one')[0]).toBe(`--one\t${nasty.flags[0]?.help ?? ''}`);
  });

  it.each([
    ['whylate analyze --fail-on ', ['late', 'takeover']],
    ['whylate analyze --fail-on=ta', ['--fail-on=takeover']],
    ['whylate analyze --trace on', ['only.pcap']],
    ['whylate analyze --capture sender=on', ['sender=only.pcap']],
    ['whylate analyze --vrid ', []],
    ['whylate analyze on', ['only.pcap']],
    ['whylate record --out ', ['recorded/']],
    ['whylate compare ', ['recorded/']],
    ['whylate record analyze --rec', ['--recover']],
    ['whylate completion b', ['bash']],
    ['whylate help re', ['record']],
    ['whylate nasty --two ', ['a-b', 'c.d']],
    ['whylate schema ', []],
  ])('%s', (line, offered) => {
    expect(offerNames(line)).toEqual(offered);
  });
});

/** A function in place of the command, which tells its arguments. */
const ECHO = `whylate() { printf 'GOT'; printf '[%s]' "$@"; printf 'END\\n'; }`;

const completed: [string, string][] = [
  ['whylate ana\t--fail-on ta\t', '[analyze][--fail-on][takeover]'],
  ['whylate analyze --fail-on=ta\t', '[analyze][--fail-on=takeover]'],
  ['whylate analyze --trace my\t', '[analyze][--trace][my trace.jsonl]'],
  ['whylate analyze --capture receiver=on\t', '[analyze][--capture][receiver=only.pcap]'],
  ['whylate analyze --utc on\t', '[analyze][--utc][only.pcap]'],
  ['whylate completion z\t', '[completion][zsh]'],
];

describe('at the terminal, in bash', () => {
  let terminal: ShellTerminal;
  beforeAll(async () => {
    terminal = await openShellTerminal('bash --norc --noprofile -i', folder, { PS1: 'READY> ' });
    await terminal.type(`${ECHO}; bind 'set bell-style none'; source ${fileOf('bash')}; echo SO"URC"ED\n`, /SOURCED/);
  });
  afterAll(() => terminal.close());

  it.each(completed)('%s', async (line, expected) => {
    expect(await terminal.type(`${line}\n`, /GOT.*END/)).toContain(`GOT${expected}END`);
  });
});

describe('at the terminal, in zsh', () => {
  let terminal: ShellTerminal;
  beforeAll(async () => {
    terminal = await openShellTerminal('zsh -f -i', folder, { PS1: 'READY> ' });
    await terminal.type(
      `unsetopt beep; autoload -Uz compinit; compinit -u -d ${folder}/dump; ${ECHO}; source ${fileOf('zsh')}; echo SO"URC"ED\n`,
      /SOURCED/,
    );
  });
  afterAll(() => terminal.close());

  it.each(completed)('%s', async (line, expected) => {
    expect(await terminal.type(`${line}\n`, /GOT.*END/)).toContain(`GOT${expected}END`);
  });

  // Whatever became of the line before.
  beforeEach(() => terminal.type('\u0015echo DO"NE"\n', /DONE/));

  it('completes folders', async () => {
    expect(await terminal.type('whylate compare rec\t\n', /GOT.*END/)).toContain('GOT[compare][recorded]END');
  });

  it('lists commands with what they are', async () => {
    const shown = await terminal.type('whylate \t', /schema +-- /);
    for (const { name, summary } of [...commands, nasty]) {
      expect(shown).toMatch(new RegExp(`${name} +-- `));
      expect(shown).toContain(summary);
    }
  });

  it.each([...commands, nasty].filter(({ flags }) => flags.length > 0))(
    'lists every flag of $name with what it is',
    async (command) => {
      const shown = await terminal.type(`whylate ${command.name} --\t`, /--help +-- /);
      for (const option of listOptions(command)) expect(shown).toMatch(new RegExp(`${option} +-- `));
      for (const { help } of command.flags) expect(shown).toContain(help);
    },
  );

  it('is found in a folder of fpath as well', () => {
    const functions = join(folder, 'functions');
    mkdirSync(functions);
    writeFileSync(join(functions, '_whylate'), scripts.zsh);
    const script = `fpath=(${functions} $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[whylate]`;
    expect(runShell('zsh', ['-fc', script])).toBe('_whylate\n');
  });
});
