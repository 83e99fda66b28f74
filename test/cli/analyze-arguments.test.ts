import { describe, expect, it } from 'vitest';
import type { AnalyzeArguments } from '../../src/cli/analyze-arguments.js';
import { raiseAnalyzeArguments } from '../../src/cli/analyze-arguments.js';
import { analyzeFlags, startAnalyzeArguments } from '../../src/cli/analyze-flags.js';
import { Command } from 'commander';
import { declareFlags, updateFromFlags } from '../../src/cli/flags.js';
import { recordWorld } from './recorded-world.js';

/** From a command line to high arguments, by the real table. */
const raise = (args: string[], world = recordWorld()): AnalyzeArguments => {
  const command = new Command('analyze')
    .argument('[file...]')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  declareFlags(command, analyzeFlags);
  command.parse(args, { from: 'user' });
  const low = startAnalyzeArguments(command.args);
  updateFromFlags(low, analyzeFlags, command.opts());
  return raiseAnalyzeArguments(low, world);
};

describe('the arguments of analyze', () => {
  it('become a request with nothing lost and the order kept', () => {
    const { request } = raise([
      'folder',
      '--capture',
      'sender=a.pcap',
      '--trace=-',
      '--capture',
      'b.pcap',
      '--capture',
      './c=d.pcap',
      '--log',
      'keepalived.log',
      '--late-after',
      '250ms',
      '--interval',
      '0.5s',
      '--backup-priority',
      '99',
      '--down-timer-adverts',
      '4',
      '--vrid',
      '205',
      '--sender',
      'FE80:0:0::1',
      '--since',
      '1410368481.339942868',
      '--until',
      '2014-09-10T17:02:00Z',
      '--parser',
      'ndjson',
      '--threads',
      '2',
    ]);
    expect(request).toEqual({
      files: ['folder'],
      traces: ['-'],
      captures: [
        { name: 'sender', path: 'a.pcap' },
        { name: null, path: 'b.pcap' },
        { name: null, path: './c=d.pcap' },
      ],
      logs: ['keepalived.log'],
      stats: [],
      lateAfterNs: 250_000_000,
      intervalNs: 500_000_000,
      backupPriority: 99,
      downTimerAdverts: 4,
      vrid: 205,
      sender: 'fe80::1',
      sinceNs: 1_410_368_481_339_942_868n,
      untilNs: 1_410_368_520_000_000_000n,
      parser: 'ndjson',
      threads: 2,
    });
  });

  it('tell whose statistics are given', () => {
    const { request } = raise(['a', '--stats', 'b', '--stats', 'tap=c.txt', '--stats', 'trace=./d=e']);
    expect(request.stats).toEqual([
      { name: null, path: 'b' },
      { name: 'tap', path: 'c.txt' },
      { name: 'trace', path: './d=e' },
    ]);
  });

  it('leave open what was not given', () => {
    const { request, ...rest } = raise(['a']);
    expect(request).toMatchObject({ lateAfterNs: null, intervalNs: null, vrid: null, sender: null, sinceNs: null });
    expect(rest).toEqual({
      form: 'terminal',
      files: { html: null, perfetto: null, prometheus: null, junit: null },
      sourceDate: null,
      all: false,
      strict: false,
      zone: 'local',
      width: 100,
      colors: false,
      failOn: null,
      maxLossPercent: null,
    });
  });

  it.each<[string[], Partial<AnalyzeArguments>]>([
    [['--json'], { form: 'json' }],
    [['--gaps'], { form: 'gaps' }],
    [['--ndjson'], { form: 'ndjson' }],
    [['--markdown'], { form: 'markdown' }],
    [['--html', 'a', '--junit=b'], { files: { html: 'a', perfetto: null, prometheus: null, junit: 'b' } }],
    [['--utc', '--all'], { zone: 'utc', all: true }],
    [['--fail-on', 'takeover'], { failOn: 'takeover' }],
    [['--max-loss', '2.5%'], { maxLossPercent: 2.5 }],
    [['--max-loss', '0'], { maxLossPercent: 0 }],
    [['--strict'], { strict: true }],
    [['--width', '77'], { width: 77 }],
    [['--color'], { colors: true }],
    [['--color', '--no-color'], { colors: false }],
  ])('%j', (args, expected) => {
    expect(raise(['a', ...args])).toMatchObject(expected);
  });

  it.each([
    [[], /no input given/],
    [['-', '--trace', '-'], /twice/],
    [['a', '--json', '--gaps'], /--json and --gaps/],
    [['a', '--markdown', '--ndjson'], /--ndjson and --markdown were both given/],
    [['a', '--html', ''], /--html '': empty/],
    [['a', '--since', '2', '--until', '1'], /later than --until/],
    [['a', '--interval', '0s'], /--interval '0s'/],
    [['a', '--interval', '1'], /--interval '1': not a duration/],
    [['a', '--vrid', '256'], /from 1 to 255/],
    [['a', '--vrid', '1.5'], /from 1 to 255/],
    [['a', '--backup-priority', '255'], /from 1 to 254/],
    [['a', '--down-timer-adverts', '0'], /from 1 to 100/],
    [['a', '--sender', '192.168.1.300'], /not an address/],
    [['a', '--sender', 'fe80::1%eth0'], /not an address/],
    [['a', '--capture', 'send=x'], /another name/],
    [['a', '--capture', 'x='], /empty/],
    [['a', '--capture', '=x'], /empty/],
    [['a', '--capture', 'x=1', '--capture', 'x=2'], /two captures are named 'x'/],
    [['a', '--stats', '-'], /reads no stdin/],
    [['a', '--stats', '=x'], /empty/],
    [['a', '--fail-on', 'early'], /late or takeover/],
    [['a', '--max-loss', '101'], /from 0 to 100/],
    [['a', '--width', '39'], /from 40 to 1000/],
    [[''], /empty file name/],
  ])('refuse %j', (args, reason) => {
    expect(() => raise(args)).toThrow(reason);
  });
});

describe('colours and width', () => {
  const terminal = { isTTY: true, columns: 132 };
  it('follow the terminal', () => {
    expect(raise(['a'], recordWorld({ stdout: terminal }))).toMatchObject({ colors: true, width: 132 });
    expect(raise(['a'], recordWorld({ stdout: { isTTY: true, columns: 20 } }))).toMatchObject({ width: 40 });
    expect(raise(['a'], recordWorld({ stdout: { isTTY: true, columns: 500 } }))).toMatchObject({ width: 200 });
  });

  it('respect NO_COLOR, a dumb terminal and the flags', () => {
    const colorsWith = (env: Record<string, string>, ...args: string[]): boolean =>
      raise(['a', ...args], recordWorld({ stdout: terminal, env })).colors;
    expect(colorsWith({ NO_COLOR: '1' })).toBe(false);
    expect(colorsWith({ NO_COLOR: '' })).toBe(true);
    expect(colorsWith({ TERM: 'dumb' })).toBe(false);
    expect(colorsWith({ NO_COLOR: '1' }, '--color')).toBe(true);
    expect(colorsWith({}, '--no-color')).toBe(false);
  });
});
