import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import { readGivenStats, type GivenLosses, type GivenStats } from '../../src/sources/given-stats.js';

const SYSDIG = 'Driver Events:1000\nDriver Drops:10\n';
const TCPDUMP = '64 packets captured\n66 packets received by filter\n2 packets dropped by kernel\n';

let root: string;
const fileOf: Record<string, string> = {};
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'whylate-stats-'));
  for (const [name, text] of Object.entries({ sysdig: SYSDIG, tcpdump: TCPDUMP, other: 'hello\n' })) {
    fileOf[name] = join(root, `${name}.txt`);
    writeFileSync(fileOf[name], text);
  }
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const counters = new CounterTable();
const read = (
  given: readonly (readonly [string | null, string])[],
  traces = 1,
  captures: readonly string[] = ['sender'],
): Promise<GivenLosses> =>
  readGivenStats(
    given.map(([name, file]): GivenStats => ({ name, path: fileOf[file] ?? join(root, file) })),
    traces,
    captures,
    counters,
  );

const TRACE_LOSS = { known: true, dropped: 10, offered: 1000 };
const CAPTURE_LOSS = { known: true, dropped: 2, offered: 66 };

describe('statistics that are given', () => {
  it('belong to the only input of their kind', async () => {
    const losses = await read([
      [null, 'tcpdump'],
      [null, 'sysdig'],
    ]);
    expect(losses).toEqual({ trace: TRACE_LOSS, captures: new Map([['sender', CAPTURE_LOSS]]) });
  });

  it('belong to whom they are given for', async () => {
    const losses = await read(
      [
        ['tap', 'tcpdump'],
        ['trace', 'sysdig'],
      ],
      1,
      ['sender', 'tap'],
    );
    expect(losses).toEqual({ trace: TRACE_LOSS, captures: new Map([['tap', CAPTURE_LOSS]]) });
  });

  it('leave the loss unknown, and are counted, where they say nothing of it', async () => {
    expect(await read([[null, 'other']])).toEqual({ trace: null, captures: new Map() });
    expect(counters.get('stats_without_figures')).toBe(1);
  });

  it.each<[string, readonly (readonly [string | null, string])[], number, readonly string[], RegExp]>([
    ['of one of several captures', [[null, 'tcpdump']], 0, ['a', 'b'], /cannot be told of which input; write --stats/],
    ['of a trace that is not there', [[null, 'sysdig']], 0, ['a'], /cannot be told of which input/],
    ['of a trace that is not there, by name', [['trace', 'sysdig']], 0, ['a'], /there is none/],
    ['of a capture nobody gave', [['b\u001b', 'tcpdump']], 1, ['a'], /is for b\\x1b, which is no capture/],
    ['of another recorder', [['a', 'sysdig']], 1, ['a'], /has no statistics of tcpdump/],
    ['that are not there', [[null, 'missing']], 1, ['a'], /does not exist/],
  ])('are refused: %s', async (_, given, traces, captures, message) => {
    await expect(read(given, traces, captures)).rejects.toThrow(message);
  });
});
