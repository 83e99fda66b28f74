import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { describeFailure } from '../../src/cli/failure.js';
import { runProgram } from '../../src/cli/program.js';
import { recordWorld } from './recorded-world.js';

const run = async (...args: string[]) => {
  const world = recordWorld();
  const code = await runProgram(args, world);
  return { code, ...world.written };
};

describe('the program', () => {
  it.each([['--help'], ['help'], ['analyze', '--help'], ['help', 'analyze'], ['schema', '-h']])(
    'prints its help on stdout: %s %s',
    async (...args) => {
      const { code, stdout, stderr } = await run(...args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Usage: whylate/);
      expect(stderr).toBe('');
    },
  );

  it('lists its commands in one order, and flags for configuration where there are flags', async () => {
    const { stdout } = await run('--help');
    const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    expect(listed).toEqual([...commands.map(({ name }) => name), 'help']);
    for (const { name, flags } of commands) {
      const help = (await run(name, '--help')).stdout;
      for (const flag of flags) expect(help).toContain(`  --${flag.name}`);
      expect(/^ {2}--config <FILE>[^]*^ {2}--print-config/m.test(help)).toBe(flags.length > 0);
    }
  });

  it('lets every switch be taken back, and lists that form where it says something of its own', async () => {
    const taken = await run('analyze', 'x', '--json', '--no-json', '--gaps', '--print-config');
    expect(taken).toEqual({ code: 0, stdout: 'analyze:\n  gaps: true\n', stderr: '' });
    const { stdout } = await run('analyze', '--help');
    expect(stdout).toContain('--no-color');
    expect(stdout).not.toContain('--no-json');
  });

  it('prints its version', async () => {
    const { code, stdout, stderr } = await run('--version');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('prints a schema that is one', async () => {
    const { code, stdout } = await run('schema');
    expect(code).toBe(0);
    const schema = JSON.parse(stdout) as object;
    expect(schema).toHaveProperty('$schema', 'https://json-schema.org/draft/2020-12/schema');
    expect(new Ajv2020().validateSchema(schema)).toBe(true);
  });

  it.each([
    [[], /no command given/],
    [['gaps', 'x'], /unknown command 'gaps'; whylate --help/],
    [['analyse'], /Did you mean analyze\?/],
    [['analyze', 'a', '--pdf', 'x'], /unknown option '--pdf'.*whylate analyze --help/],
    [['analyze', 'a', '--vrid'], /argument missing/],
    [['analyze', 'a', '--vrid', 'x'], /--vrid 'x': write a whole number/],
    [['analyze', 'a', '--since', '17:01:21'], /without a date/],
    [['schema', 'x'], /too many arguments/],
    [['--nonsense'], /unknown option '--nonsense'; whylate --help/],
    [['a\u001b[31m\nb'], /unknown command 'a\\x1b\[31m b'/],
  ])('tells in one line what is wrong with %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^whylate: [^\n]+\n$/);
  });
});

describe('describeFailure', () => {
  it('leaves out the message of an error: it may quote an input', () => {
    const error = new SyntaxError('Unexpected token in "auth_pass hunter2"');
    for (const withStack of [false, true]) {
      const text = describeFailure(error, withStack);
      expect(text).not.toContain('hunter2');
      expect(text).toMatch(/SyntaxError at .*program\.test\.ts/);
    }
  });

  it('names what the system refused', () => {
    const error = Object.assign(new Error('x'), { syscall: 'write', code: 'ENOSPC' });
    expect(describeFailure(error, false)).toMatch(/^write failed with ENOSPC; /);
  });
});
