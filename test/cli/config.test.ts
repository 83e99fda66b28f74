import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { commands } from '../../src/cli/commands.js';
import { parseConfiguration } from '../../src/cli/config/load.js';
import { isRepeatable, type FlagFacts } from '../../src/cli/flags.js';
import { runProgram } from '../../src/cli/program.js';
import { recordWorld } from './recorded-world.js';

let folder = '';
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (text: string): string => {
  const path = join(folder, `${String(count++)}.yaml`);
  writeFileSync(path, text);
  return path;
};

const run = async (args: readonly string[], env: Record<string, string> = {}) => {
  const world = recordWorld({ env });
  const code = await runProgram(args, world);
  return { code, ...world.written };
};

/** The configuration that these arguments make, as printed. */
const print = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
  const { code, stdout, stderr } = await run([...args, '--print-config'], env);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
};

/** Any text an argument can be. */
const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\0'));

/** Values that a flag takes, by the word that stands for its value. */
const valuesOf = ({ name, value = '' }: FlagFacts): fc.Arbitrary<string> => {
  if (value.includes('|')) return fc.constantFrom(...value.split('|'));
  const byName: Record<string, fc.Arbitrary<string>> = {
    'max-loss': fc.constantFrom('0', '2.5', '2.50', '7%', '100'),
    'fail-if': fc.constantFrom('late_rate > 0.01', 'p99 > 5ms'),
    sender: fc.constantFrom('10.0.0.1', 'fe80::1', 'true.example'),
    set: text.map((each) => `name=${each}`),
    ring: fc.constantFrom('2GB', '500MB'),
    by: fc.constantFrom('kernel.release', 'null', 'label.arm,label.image'),
    width: fc.constantFrom('40', '132'),
    resamples: fc.constant('2000'),
    netns: fc.constant('blue'),
  };
  const byWord: Record<string, fc.Arbitrary<string>> = {
    N: fc.integer({ min: 1, max: 60 }).map(String),
    T: fc.constantFrom('1410368481.339942868', '2014-09-10T17:02:00Z', '0'),
    DURATION: fc.constantFrom('250ms', '3.5s', '2m'),
    PERCENT: fc.constantFrom('0', '100'),
  };
  return byName[name] ?? byWord[value] ?? text.map((each) => (each.includes('=') ? `./${each}` : each));
};

type Chosen = readonly (readonly [FlagFacts, readonly (string | boolean)[]])[];

/** Some of the flags, each with what is given for it. */
const chooseFlags = (flags: readonly FlagFacts[]): fc.Arbitrary<Chosen> =>
  fc.subarray([...flags]).chain((chosen) =>
    fc.tuple(
      ...chosen.map((flag) => {
        const one = flag.value === undefined ? fc.boolean().map((on) => on || flag.negatable !== true) : valuesOf(flag);
        const many = isRepeatable(flag) ? { maxLength: 3 } : { maxLength: 1 };
        return fc.array<string | boolean>(one, { minLength: 1, ...many }).map((given) => [flag, given] as const);
      }),
    ),
  );

const toArguments = (chosen: Chosen): string[] =>
  chosen.flatMap(([{ name }, given]) =>
    given.map((value) => (typeof value === 'string' ? `--${name}=${value}` : `--${value ? '' : 'no-'}${name}`)),
  );

const toSettings = (chosen: Chosen): Record<string, unknown> =>
  Object.fromEntries(chosen.map(([flag, given]) => [flag.name, isRepeatable(flag) ? given : given[0]]));

const configurable = commands.filter(({ flags }) => flags.length > 0);

describe.each(configurable)('a configuration of $name', ({ name, flags }) => {
  it('with flags on the command line is as all of them there', async () => {
    await fc.assert(
      fc.asyncProperty(chooseFlags(flags), chooseFlags(flags), fc.boolean(), async (inFile, given, asJson) => {
        const settings = { [name]: toSettings(inFile) };
        const path = write(asJson ? JSON.stringify(settings, null, '\t') : stringify(settings));
        const replaced = new Set(given.map(([flag]) => flag));
        const all = [...inFile.filter(([flag]) => !replaced.has(flag)), ...given];
        expect(await print([name, '--config', path, ...toArguments(given)])).toBe(
          await print([name, ...toArguments(all)]),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('is printed as a file that gives it again', async () => {
    await fc.assert(
      fc.asyncProperty(chooseFlags(flags), async (chosen) => {
        const printed = await print([name, ...toArguments(chosen)]);
        const settings = Object.entries(toSettings(chosen));
        const asText = (value: unknown): unknown =>
          Array.isArray(value) ? value.map(asText) : typeof value === 'boolean' ? value : String(value);
        const read = Object.entries((parse(printed) as Record<string, Record<string, unknown>>)[name] ?? {});
        expect(Object.fromEntries(read.map(([key, value]) => [key, asText(value)]))).toEqual(
          Object.fromEntries(settings),
        );
        expect(await print([name, '--config', write(printed)])).toBe(printed);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a configuration file', () => {
  it('gives at the top to all commands that have the flag, and below a name to that command, which wins', async () => {
    const path = write('vrid: 51\nutc: true\nby: [a, b]\ncolor: false\nanalyze:\n  vrid: 52\n  utc: false\nrecord:\n');
    expect(await print(['analyze', '--config', path])).toBe('analyze:\n  vrid: 52\n  color: false\n');
    expect(await print(['compare', '--config', path])).toBe(
      'compare:\n  by:\n    - a\n    - b\n  vrid: 51\n  utc: true\n  color: false\n',
    );
    expect(await print(['record', '--config', path])).toBe('record: {}\n');
  });

  it('is overruled by the command line: a list as a whole, a switch by its --no- form', async () => {
    const path = write('analyze: {trace: [a, b], json: true, color: true, vrid: 51}');
    const line = ['analyze', '--config', path, '--trace=c', '--no-json', '--no-color', '--vrid=52'];
    expect(parse(await print(line))).toEqual({ analyze: { trace: ['c'], vrid: 52, color: false } });
  });

  it('is the one that WHYLATE_CONFIG names unless --config names another', async () => {
    const [one, other] = [write('vrid: 1'), write('width: 77')];
    expect(await print(['analyze'], { WHYLATE_CONFIG: one })).toBe('analyze:\n  vrid: 1\n');
    expect(await print(['analyze', '--config', other], { WHYLATE_CONFIG: one })).toBe('analyze:\n  width: 77\n');
    expect(await print(['analyze'], { WHYLATE_CONFIG: '' })).toBe('analyze: {}\n');
    expect((await run(['schema'], { WHYLATE_CONFIG: '/nowhere' })).code).toBe(0);
    expect((await run(['analyze', '--help'], { WHYLATE_CONFIG: '/nowhere' })).code).toBe(0);
  });

  it.each(['', '# nothing\n', '---\n', '{}', 'null', '\uFEFFanalyze:\n  # vrid: 5\n'])(
    'may be empty: %j',
    async (text) => {
      expect(await print(['analyze', '--config', write(text)])).toBe('analyze: {}\n');
    },
  );

  it('keeps numbers as they are written', async () => {
    const path = write('since: 1410368481.339942868\nmax-loss: 2.50\n');
    expect(parse(await print(['analyze', '--config', path]), { intAsBigInt: true })).toEqual({
      analyze: { since: '1410368481.339942868', 'max-loss': '2.50' },
    });
  });

  it('is used by the run itself', async () => {
    const { code, stderr } = await run(['analyze', '--config', write('json: true\ngaps: true'), 'x']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'whylate: --json and --gaps were both given; choose one\n',
    });
  });

  it.each([
    ['vrdi: 5', /line 1, column 1: 'vrdi' is not a flag that a file can set; the --help/],
    ['utc: true\nanalyze:\n  utc: true\n  by: x', /line 4, column 3: 'by' is not .*whylate analyze --help/],
    ['config: x', /line 1, column 1: 'config' is not a flag/],
    ['print-config: true', /'print-config' is not a flag/],
    ['--vrid: 5', /line 1, column 1: '--vrid' is not a flag .* without --/],
    ['no-color: true', /'no-color' is not a flag/],
    ['schema: {x: 1}', /line 1, column 9: schema: a switch; write true or false/],
    ['analyze: 5', /line 1, column 10: analyze is a command; write its flags below it/],
    ['? [a]\n: 5', /line 1, column 3: this is not a flag/],
    ['hunter2 hunter2: 5', /line 1, column 1: this is not a flag/],
    ['<<: {vrid: 5}', /line 1, column 1: this is not a flag/],
    ['- vrid', /line 1, column 1: no names of flags here; write NAME: VALUE/],
    ['hunter2', /line 1, column 1: no names of flags here/],
    ['utc: yes', /line 1, column 6: utc: a switch; write true or false/],
    ['utc:', /line 1, column \d: utc: a switch/],
    ['utc: [true]', /line 1, column 6: utc: a switch/],
    ['vrid:', /line 1, column \d: vrid: no value; write N, or leave it out/],
    ['vrid: true', /line 1, column 7: vrid: true or false is no value for it/],
    ['vrid: [5, 6]', /line 1, column 7: vrid: it can be given once only; write one value, not a list/],
    ['vrid: {a: 5}', /line 1, column 7: vrid: one value is wanted here; write N/],
    ['trace: [a, [hunter2]]', /line 1, column 12: trace: one value is wanted here; write FILE/],
    ['trace: [a, null]', /line 1, column 12: trace: no value; write FILE/],
    ['width: &x 77\nvrid: *x', /line 2, column 7: vrid: an alias; write the value out/],
    ['\n vrid: 256', /line 2, column 8: vrid: write a whole number from 1 to 255/],
    ['vrid: 0x10', /line 1, column 7: vrid: write a whole number/],
    ['fail-on: hunter2', /line 1, column 10: fail-on: write late or takeover/],
    ['capture: [a, =hunter2]', /line 1, column 14: capture: the name before = is empty/],
    ['vrid: 5\nvrid: 6', /line 2, column 1: no YAML or JSON \(duplicate key\); mend it there/],
    ['vrid: [hunter2', /line \d, column \d+: no YAML or JSON/],
    ['vrid: "hunter2', /line \d, column \d+: no YAML or JSON/],
    ['a: 1\n---\nb: 2', /no YAML or JSON \(multiple docs\)/],
  ])('is refused in one line, with the place and without its values: %j', async (text, message) => {
    const path = write(text);
    const { code, stdout, stderr } = await run(['analyze', 'x', '--config', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^whylate: [^\n]+\n$/);
    expect(stderr.startsWith(`whylate: ${path}, line `)).toBe(true);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('hunter2');
  });

  it('says which file cannot be read, and who named it', async () => {
    const gone = join(folder, 'gone.yaml');
    const { code, stderr } = await run(['env', '--config', gone]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `whylate: ${gone}: cannot be read (ENOENT); give the path of a configuration file\n`,
    });
    expect((await run(['env'], { WHYLATE_CONFIG: gone })).stderr).toMatch(
      /gone\.yaml \(WHYLATE_CONFIG\): cannot be read/,
    );
    expect((await run(['env', '--config', ''])).stderr).toMatch(/--config '': empty; write the path/);
    expect((await run(['env', '--config', folder])).stderr).toMatch(/cannot be read \(EISDIR\)/);
  });

  it('prints nothing when a flag of it or beside it is refused', async () => {
    const line = await run(['analyze', '--print-config', '--vrid', '256']);
    expect(line).toMatchObject({ code: 2, stdout: '' });
    expect(line.stderr).toMatch(/--vrid '256': write a whole number/);
  });

  it('is bounded in what aliases can make of it', () => {
    const [command] = commands;
    const bomb = 'a: &a [x]\nb: &b [*a, *a]\n';
    expect(() => parseConfiguration(bomb, 'f', command!, commands)).toThrow(/f, line 1, column 1: 'a' is not a flag/);
  });
});

describe('names of flags', () => {
  it('are none of those that configuration has for itself', () => {
    for (const { flags } of commands)
      for (const { name } of flags) {
        expect(['config', 'print-config', 'help', 'version']).not.toContain(name);
        expect(name).not.toMatch(/^no-/);
      }
  });
});
