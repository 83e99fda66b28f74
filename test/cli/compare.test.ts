import { Command } from 'commander';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { runCompare } from '../../src/cli/compare.js';
import { raiseCompareArguments } from '../../src/cli/compare-arguments.js';
import { compareFlags, startCompareArguments, type CompareLowArguments } from '../../src/cli/compare-flags.js';
import { declareFlags, updateFromFlags } from '../../src/cli/flags.js';
import type { CompareRequest } from '../../src/comparing.js';
import { UnknownSettingError } from '../../src/comparison/setting-names.js';
import type { Comparison } from '../../src/model/comparison.js';
import { compareThem, inTurn, sessionsOf } from '../comparison/sessions.js';
import { recordWorld } from './recorded-world.js';

const readLow = (args: readonly string[]): CompareLowArguments => {
  const command = new Command('compare')
    .argument('[session...]')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  declareFlags(command, compareFlags);
  command.parse(args, { from: 'user' });
  const low = startCompareArguments(command.args);
  updateFromFlags(low, compareFlags, command.opts());
  return low;
};

const raise = (...args: string[]) => raiseCompareArguments(readLow(args), recordWorld());

describe('the arguments of compare', () => {
  it('become a request with nothing lost', () => {
    const { request, form, all, failIf, failIfWorse } = raise(
      'a',
      'b',
      '--by',
      'label.arm, kernel.release',
      '--by=vm.swappiness',
      '--by=label.arm',
      '--baseline',
      'old / 6.1 / 60',
      '--late-after',
      '50ms',
      '--vrid=205',
      '--seed=7',
      '--resamples=500',
      '--no-cache',
      '--threads=1',
      '--markdown',
      '--all',
      '--fail-if',
      'late_rate > 1%',
      '--fail-if=p99>5ms',
      '--fail-if-worse',
    );
    expect(request).toEqual({
      paths: ['a', 'b'],
      by: ['label.arm', 'kernel.release', 'vm.swappiness'],
      baseline: { name: 'old / 6.1 / 60' },
      timing: {
        lateAfterNs: 50_000_000,
        intervalNs: null,
        backupPriority: null,
        downTimerAdverts: null,
        vrid: 205,
        sender: null,
      },
      reading: { parser: 'bytes', threads: 1 },
      seed: 7,
      resamples: 500,
      useKept: false,
    });
    expect({ form, all, failIfWorse }).toEqual({ form: 'markdown', all: true, failIfWorse: true });
    expect(failIf.map(({ text }) => text)).toEqual(['late_rate > 1%', 'p99>5ms']);
  });

  it('leave everything to usual values', () => {
    const { request, form } = raise('a');
    expect(request).toMatchObject({ by: [], baseline: null, seed: 1, resamples: 2_000, useKept: true });
    expect(form).toBe('terminal');
    expect(raise('a', '--by', 'x', '--fail-if-worse').request.baseline).toBe('first');
    expect(raise('a', '--cache').request.useKept).toBe(true);
  });

  it.each([
    [[], /no session given/],
    [['a', ''], /empty name/],
    [['a', '--json', '--markdown'], /choose one/],
    [['a', '--baseline', 'x'], /--baseline names a group.*give --by/],
    [['a', '--fail-if-worse'], /needs groups/],
    [['a', '--by', ','], /--by ',': write the name/],
    [['a', '--fail-if', 'rate > 1'], /--fail-if 'rate > 1': no such figure/],
    [['a', '--resamples', '3'], /from 200 to 100000/],
  ])('%j are refused', (args, message) => {
    expect(() => raise(...args)).toThrow(message);
  });
});

const by = { by: ['label.arm'] };
const normal = sessionsOf([30, 41, 38, 52, 29], { 'label.arm': 'normal' });
const realTime = sessionsOf([0, 1, 0, 2, 0], { 'label.arm': 'rt-50' });
const different = compareThem(inTurn(normal, realTime), { ...by, baseline: { name: 'rt-50' } });
const few = compareThem([...normal.slice(0, 3), ...realTime.slice(0, 3)], { ...by, baseline: 'first' });

const run = async (comparison: Comparison | Error, ...args: string[]) => {
  const world = recordWorld();
  const requests: CompareRequest[] = [];
  const code = await runCompare(readLow(args), world, (request) => {
    requests.push(request);
    return comparison instanceof Error ? Promise.reject(comparison) : Promise.resolve(comparison);
  });
  return { code, requests, ...world.written };
};

describe('compare', () => {
  it('prints a report, JSON or markdown', async () => {
    const terminal = await run(different, 'a', '--by', 'label.arm');
    expect(terminal).toMatchObject({ code: 0, stderr: '' });
    expect(terminal.stdout).toContain('normal is late more often than rt-50');
    const json = await run(different, 'a', '--by', 'label.arm', '--json');
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(JSON.stringify(different)));
    const markdown = await run(different, 'a', '--by', 'label.arm', '--markdown');
    expect(markdown.stdout).toMatch(/^\|.*normal.*\|$/m);
  });

  it('prints its schema, which the comparison fits', async () => {
    const { code, stdout, requests } = await run(different, '--schema');
    expect({ code, requests }).toEqual({ code: 0, requests: [] });
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(stdout) as object);
    for (const comparison of [different, few, compareThem([...normal, ...realTime])]) {
      validate(JSON.parse(JSON.stringify(comparison)));
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  it('ends with 4 where a group but the baseline meets a condition', async () => {
    const met = await run(different, 'a', '--by', 'label.arm', '--fail-if', 'late_rate > 0.01');
    expect(met.code).toBe(4);
    expect(met.stderr).toMatch(/^whylate: --fail-if 'late_rate > 0\.01': it is so for normal; see [^\n]*\n$/);
    expect(met.stdout).not.toBe('');
    expect((await run(different, 'a', '--by', 'label.arm', '--fail-if', 'late_rate > 0.02')).code).toBe(0);
    expect((await run(different, 'a', '--by', 'label.arm', '--fail-if', 'late_rate < 0.001')).code).toBe(0);
    const whole = compareThem(normal);
    expect((await run(whole, 'a', '--fail-if', 'late_rate > 1%')).code).toBe(4);
  });

  it('ends with 4 where a group is worse, and says where that is not decided', async () => {
    const worse = await run(different, 'a', '--by', 'label.arm', '--fail-if-worse');
    expect(worse.code).toBe(4);
    expect(worse.stderr).toMatch(/--fail-if-worse: normal is late more often/);
    const open = await run(few, 'a', '--by', 'label.arm', '--fail-if-worse');
    expect(open.code).toBe(0);
    expect(open.stderr).toMatch(/--fail-if-worse: not decided: Too few sessions/);
    const better = compareThem(inTurn(normal, realTime), { ...by, baseline: { name: 'normal' } });
    expect(await run(better, 'a', '--by', 'label.arm', '--fail-if-worse')).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends with 3 where a condition cannot be decided', async () => {
    const one = compareThem(normal.slice(0, 1));
    const { code, stderr } = await run(one, 'a', '--fail-if', 'late_rate.upper > 0', '--fail-if', 'late > 1');
    expect(code).toBe(3);
    expect(stderr).toMatch(/all sessions has no late_rate\.upper; give it more sessions/);
  });

  it('takes a name that is none for a mistake in its arguments', async () => {
    await expect(run(new UnknownSettingError('no session has a setting called x'), 'a', '--by', 'x')).rejects.toThrow(
      /no session has a setting called x/,
    );
    await expect(run(new UnknownSettingError('x'), 'a', '--by', 'x')).rejects.toMatchObject({ name: 'UsageError' });
  });
});
