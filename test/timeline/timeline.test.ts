import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline, type TraceSummary } from '../../src/timeline/timeline.js';
import type { SendWindow } from '../../src/timeline/segments.js';
import { batchesOf, type PlainRow } from './batches.js';
import { Script, SENDER } from './sender.js';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

const fold = (
  rows: readonly PlainRow[],
  interval: number | null,
  size = 100,
): { windows: SendWindow[]; summary: TraceSummary } => {
  const timeline = new Timeline(interval);
  const windows = batchesOf(rows, size).flatMap((batch) => timeline.push(batch));
  return { windows, summary: timeline.end() };
};

/** Everything a fold hands on, as text. */
const textOf = ({ windows, summary }: ReturnType<typeof fold>): string =>
  JSON.stringify([
    windows.map((window) => ({ ...window, lanes: [...(window.lanes ?? [])] })),
    summary.facts.all,
    summary.ends,
    summary.unfinished,
  ]);

describe('Timeline', () => {
  it('knows nothing of an empty trace', () => {
    const { windows, summary } = fold([], null);
    expect(windows).toEqual([]);
    expect(summary).toMatchObject({
      events: 0,
      switches: 0,
      first: null,
      last: null,
      sharedRings: false,
      unfinished: [],
    });
  });

  it('gives the same however the rows are cut into batches', () => {
    const script = new Script().send();
    for (let i = 0; i < 20; i++)
      script
        .wait(1000)
        .sleep(SECOND + (i === 9 ? 300 * MS : 0))
        .send();
    const whole = textOf(fold(script.rows, SECOND, 1000));
    for (const size of [1, 2, 7, 64]) expect(textOf(fold(script.rows, SECOND, size))).toBe(whole);
  });

  it('keeps who ran while the sender was away, for the whole of a disturbed window', () => {
    const script = new Script().send().wait(1000).sleep(SECOND).wait(1000);
    script
      .out(77)
      .wait(200 * MS)
      .other(77, 88)
      .wait(100 * MS)
      .in(88)
      .wait(1000)
      .send();
    const [, window] = fold(script.rows, SECOND).windows;
    const records = [...(window?.lanes?.get(0) ?? [])];
    const ran = (tid: number): number =>
      records.flatMap(({ threads }) => threads).reduce((sum, thread) => sum + (thread.tid === tid ? thread.ns : 0), 0);
    expect([ran(77), ran(88)]).toEqual([200 * MS, 100 * MS]);
    expect(records.flatMap(({ threads }) => threads).find(({ tid }) => tid === 77)?.process).toBe('t77');
    records.forEach(({ from }, i) => {
      if (i > 0) expect(from).toBe(records[i - 1]?.to);
    });
    expect(window?.alive).toMatchObject([{ lane: 0 }]);
  });

  it('keeps no occupants of an undisturbed window', () => {
    const script = new Script()
      .send()
      .wait(1000)
      .sleep(SECOND - 28_000)
      .send();
    expect(fold(script.rows, SECOND).windows[1]).toMatchObject({ lanes: null, alive: [] });
  });

  it('keeps sending threads apart', () => {
    const a = new Script(0, 500, 'keepalived').send().wait(1000).wait(SECOND).send();
    const b = new Script(300 * MS, 600, 'frr').send().wait(1000).wait(SECOND).send();
    const rows = [...a.rows, ...b.rows].sort((x, y) => x.time - y.time);
    const { windows } = fold(rows, SECOND);
    expect(windows.map(({ attempt }) => [attempt.tid, attempt.comm])).toEqual([
      [500, 'keepalived'],
      [600, 'frr'],
      [500, 'keepalived'],
      [600, 'frr'],
    ]);
    expect(windows.map(({ from }) => from)).toEqual([null, null, 0, 300 * MS]);
  });

  it('notes how a sender ended, and starts afresh with its successor', () => {
    const script = new Script().send().wait(MS);
    script.row('>', 'procexit', 'status=9 ret=0 sig=9(SIGKILL) core=0 reaper_tid=0 ').wait(SECOND).send();
    const { windows, summary } = fold(script.rows, SECOND);
    expect(summary.ends).toMatchObject([{ tid: SENDER }]);
    expect(summary.facts.all).toMatchObject([{ kind: 'exit', signal: 'SIGKILL' }]);
    expect(windows.map(({ from }) => from)).toEqual([null, null]);
  });

  it('says who still had to send when the trace ended', () => {
    const { summary } = fold(new Script(5).send().wait(SECOND).out().rows, SECOND);
    expect(summary.unfinished).toEqual([{ tid: SENDER, comm: 'keepalived', from: 5 }]);
  });

  it('notes where the recorder says it dropped events', () => {
    const { summary } = fold(
      [
        { time: 7, type: 'drop', info: 'ratio=1 ' },
        { time: 9, type: 'read' },
      ],
      null,
    );
    expect(summary.drops).toEqual([7]);
  });

  it('stands any rows', () => {
    const row = fc.record({
      time: fc.integer({ min: -1e9, max: 1e12 }),
      type: fc.constantFrom(
        'switch',
        'sendmsg',
        'epoll_wait',
        'write',
        'kill',
        'procexit',
        'clone',
        'drop',
        'recvmsg',
        'ptrace',
        'signaldeliver',
      ),
      dir: fc.constantFrom<'>' | '<'>('>', '<'),
      cpu: fc.integer({ min: -1, max: 3 }),
      tid: fc.integer({ min: -1, max: 4 }),
      comm: fc.string({ maxLength: 5 }),
      info: fc.oneof(
        fc.constantFrom(
          '',
          'next=2(x) pgft_maj=1 ',
          'next=0 ',
          'res=40 ',
          'res=-1(EPERM) ',
          'pid=2(x) sig=19(SIGSTOP) ',
        ),
        fc.constant('fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 '),
        fc.string(),
      ),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 80 }), fc.boolean(), (rows, sorted) => {
        const given = sorted ? [...rows].sort((a, b) => a.time - b.time) : rows;
        expect(() => fold(given, null, 10)).not.toThrow();
        expect(fold(given, null).summary.events).toBe(given.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('secrets', () => {
  const secret = fc
    .array(
      fc.integer({ min: 65, max: 90 }).map((code) => String.fromCharCode(code)),
      { minLength: 8, maxLength: 10 },
    )
    .map((letters) => letters.join(''));
  const disguise = fc.constantFrom(
    (word: string) => word,
    (word: string) => `x name=${word} `,
    (word: string) => `x path=/${word}/tasks `,
    (word: string) => `/${word}/cgroup.procs) 1`,
    (word: string) => `x fd=3(<f>/${word}/cpu.max) `,
    (word: string) => `x tuple=${word}:1->${word}:2 `,
    (word: string) => `x sig=19(${word}) pid=5(${word}) tid=${word}`,
    (word: string) => `<30>${word} request=16(${word}) `,
    (word: string) => `x\nname=${word}`,
  );
  const call = fc.constantFrom('write', 'read', 'recvmsg', 'sendto', 'fsync', 'openat', 'kill', 'ptrace', 'writev');

  it('of payloads, arguments and environments reach neither windows nor facts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(call, fc.constantFrom('data', 'args', 'env', 'msg'), disguise, fc.boolean()), {
          minLength: 1,
          maxLength: 6,
        }),
        secret,
        fc.boolean(),
        (rows, word, enters) => {
          const script = new Script().send().wait(1000);
          for (const [type, key, hide, sleeps] of rows) {
            if (enters) script.row('>', type, 'fd=3 size=5 ').wait(10);
            if (sleeps)
              script
                .out(9)
                .wait(30 * MS)
                .in(9)
                .wait(10);
            script.row('<', type, `res=5 ${key}=${hide(word)} `).wait(1000);
          }
          const found = fold(script.send().rows, 1);
          expect(found.windows).toHaveLength(2);
          expect(textOf(found)).not.toContain(word);
        },
      ),
      { numRuns: 500 },
    );
  });
});
