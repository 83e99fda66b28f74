import { describe, expect, it } from 'vitest';
import { createNameTable } from '../../src/sources/trace/name-table.js';
import { MOST_LANES, MOST_SENDERS, Shares } from '../../src/timeline/caps.js';
import { FactTable } from '../../src/timeline/facts.js';
import { foldSegments } from '../../src/timeline/fold-segments.js';
import { makeSegment, type SendWindow } from '../../src/timeline/segments.js';
import { SilenceLog } from '../../src/timeline/silence.js';
import { Timeline, type TraceSummary } from '../../src/timeline/timeline.js';
import { WindowDetails } from '../../src/timeline/window-details.js';
import { batchesOf, switchRow, type PlainRow } from './batches.js';
import { Script, SENDER } from './sender.js';

const SECOND = 1_000_000_000;
const SENT = 'res=40 fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ';

const fold = (rows: readonly PlainRow[]): { windows: SendWindow[]; summary: TraceSummary } => {
  const timeline = new Timeline(SECOND);
  const windows = batchesOf(rows, 1000).flatMap((batch) => timeline.push(batch));
  return { windows, summary: timeline.end() };
};

const forgottenOf = ({ forgotten }: TraceSummary): Record<string, number> =>
  Object.fromEntries(forgotten.map(([{ name }, count]) => [name, count]));

describe('what is kept at most', () => {
  it('of names', () => {
    let full = 0;
    const names = createNameTable(() => full++);
    for (let i = 0; i < 140_000; i++) names.idOf(`n${String(i)}`);
    expect({ size: names.size, full }).toEqual({ size: 131_072, full: 1 });
    expect([names.idOf('n5'), names.idOf('another')]).toEqual([6, 0]);
    const long = createNameTable(() => full++);
    for (let i = 0; i < 20; i++) long.idOf(`${String(i)}${'x'.repeat(2 ** 20)}`);
    expect({ size: long.size, full }).toEqual({ size: 8, full: 2 });
  });

  it('of CPUs, whose rest is blamed for nothing', () => {
    const cpus = MOST_LANES + 50;
    const rows = Array.from({ length: 3 * cpus }, (_, i) =>
      switchRow(i, 10 + (i % cpus), 11 + (i % cpus), { cpu: i % cpus }),
    );
    const { summary } = fold(rows);
    expect(forgottenOf(summary)).toEqual({ trace_cpus_joined: 50 });
    expect(summary.cpuNumber(5)).toBe(5);
    expect(summary.cpuNumber(MOST_LANES)).toBeNull();
  });

  it('of senders: the one that has sent nothing for the longest time goes', () => {
    const rows: PlainRow[] = [];
    const send = (tid: number): number =>
      rows.push({ time: rows.length * 1000, type: 'sendmsg', dir: '<', tid, comm: 'x', info: SENT });
    for (let tid = 1; tid <= MOST_SENDERS; tid++) send(tid);
    send(1);
    for (let tid = 1; tid <= 10; tid++) send(100_000 + tid);
    const { windows, summary } = fold(rows);
    expect(windows).toHaveLength(MOST_SENDERS + 11);
    expect(forgottenOf(summary)).toEqual({ trace_senders_forgotten: 10 });
    const tids = new Set(summary.unfinished.map(({ tid }) => tid));
    expect(tids.size).toBe(MOST_SENDERS);
    expect([tids.has(1), tids.has(2), tids.has(11), tids.has(12), tids.has(100_010)]).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it('of what senders keep, shared among them', () => {
    const shares = new Shares();
    const of = (senders: number): number[] => {
      shares.share(senders);
      return [shares.segments, shares.targets];
    };
    expect([of(1), of(5), of(100), of(MOST_SENDERS)]).toEqual([
      [20_000, 4096],
      [20_000, 4096],
      [1000, 655],
      [195, 128],
    ]);
  });

  it('of segments, however different they are, with all their time', () => {
    const segments = Array.from({ length: 1000 }, (_, i) =>
      makeSegment(i % 2 === 0 ? 'off' : 'run', i * 10, i * 10 + 10, { call: `c${String(i)}`, target: `t${String(i)}` }),
    );
    const folded = foldSegments(segments);
    expect(folded.length).toBeLessThan(600);
    expect(folded.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(10_000);
  });

  it('of details: those of the least late windows go, and accuse nobody', () => {
    const details = new WindowDetails(100_000);
    const windowOf = (): SendWindow => ({
      attempt: {} as SendWindow['attempt'],
      from: 0,
      segments: Array.from({ length: 10 }, (_, i) => makeSegment('run', i, i + 1)),
      rearms: [],
      lanes: null,
      picture: null,
      contradictions: 0,
      alive: [],
    });
    const windows = Array.from({ length: 50 }, windowOf);
    windows.forEach((window, i) => {
      details.add(window, (i * 7) % 50);
    });
    const kept = windows.flatMap(({ segments }, i) => (segments === null ? [] : [(i * 7) % 50]));
    expect(kept.length + details.forgotten).toBe(50);
    expect(details.forgotten).toBeGreaterThan(20);
    expect([49, 48, 47].every((excess) => kept.includes(excess))).toBe(true);
    expect(windows.every(({ segments, contradictions }) => (segments === null) === contradictions > 1000)).toBe(true);
  });

  it('of silences: the shortest go', () => {
    const log = new SilenceLog();
    let time = 0;
    for (let i = 0; i < 70_000; i++) log.note((time += 100_000_000 + (i % 1000) * 1000), i, i);
    expect(log.size).toBeLessThan(65_537);
    expect(log.size + log.forgotten).toBe(69_999);
  });

  it('of drops: beyond very many those within a second are one', () => {
    const drops = Array.from({ length: 100_500 }, (_, i): PlainRow => ({ time: i * 1000, type: 'drop', tid: 1 }));
    const { summary } = fold([...drops, { time: 500 * SECOND, type: 'drop', tid: 1 }]);
    expect(summary.drops).toHaveLength(100_001);
    expect(forgottenOf(summary)).toEqual({ trace_drops_joined: 500 });
  });

  it('of what is looked back at for a call that was refused', () => {
    const facts = new FactTable();
    const fact = (tid: number): Parameters<FactTable['add']>[0] => ({
      kind: 'kill',
      time: 1,
      actor: { tid, comm: 'x' },
      target: 1,
      signal: 'SIGSTOP',
      call: 'kill',
      witness: { time: 1, num: 1, line: 1, text: '' } as never,
    });
    facts.add(fact(1));
    for (let i = 0; i < 600; i++) facts.add(fact(2));
    facts.takeBack('kill', 2);
    facts.takeBack('kill', 1);
    expect(facts.all).toHaveLength(600);
    expect(facts.all[0]?.actor.tid).toBe(1);
  });

  it('of an info text, so that no row takes long', () => {
    const info = `fd=3(<f>${'/'.repeat(500_000)}cgroup.procs) `;
    const { summary } = fold([{ time: 1, type: 'write', dir: '>', tid: 9, info }]);
    expect(summary.events).toBe(1);
  });
});

describe('a number that becomes another thread’s', () => {
  const kill: PlainRow = {
    time: 3 * SECOND,
    type: 'kill',
    dir: '>',
    tid: 5,
    comm: 'bash',
    info: 'pid=23611(x) sig=19(SIGSTOP) ',
  };

  it('after an end that was seen is not the sender', () => {
    const script = new Script().send().wait(SECOND).send().row('>', 'procexit', 'status=0 ');
    const other = new Script(script.time + SECOND, SENDER, 'other')
      .row('>', 'read', 'fd=3(<f>/x) size=1 ')
      .wait(1000)
      .out()
      .wait(SECOND)
      .in();
    const { windows, summary } = fold([...script.rows, ...other.rows, kill]);
    expect(windows).toHaveLength(2);
    expect(summary.ends).toMatchObject([{ tid: SENDER }]);
    expect(summary.unfinished).toEqual([]);
  });

  it('without an end that was seen is not the sender either, from its return from clone on', () => {
    const script = new Script().send().wait(SECOND).send();
    const other = new Script(script.time + SECOND, SENDER, 'other')
      .row('<', 'clone', 'res=0 exe=other args= tid=23611(other) ')
      .wait(1000)
      .out();
    const { windows, summary } = fold([...script.rows, ...other.rows]);
    expect(windows).toHaveLength(2);
    expect(summary.unfinished).toEqual([]);
  });

  it('and sends, too, begins with a window of its own and learns its interval anew', () => {
    const script = new Script().send().wait(SECOND).send().row('>', 'procexit', 'status=0 ');
    const other = new Script(script.time + SECOND, SENDER, 'other').send().wait(SECOND).send();
    const { windows } = fold([...script.rows, ...other.rows]);
    expect(windows.map(({ from }) => from === null)).toEqual([true, false, true, false]);
    expect(windows.map(({ attempt }) => attempt.comm)).toEqual(['keepalived', 'keepalived', 'other', 'other']);
  });

  it('has its own name and parent, whatever the one before was called', () => {
    const rows: PlainRow[] = [
      { time: 1, type: 'clone', dir: '<', tid: 1, comm: 'init', info: 'res=77(first) exe=x ' },
      { time: 2, type: 'procexit', tid: 77, comm: 'first', info: 'status=0 ' },
      { time: 3, type: 'clone', dir: '<', tid: 2, comm: 'sh', info: 'res=77(second) exe=x ' },
    ];
    const { summary } = fold(rows);
    expect([summary.processes.nameOf(77), summary.processes.parentOf(77)]).toEqual(['second', 2]);
  });

  it('is still the sender when it is renamed', () => {
    const script = new Script().send().wait(SECOND).send();
    const renamed = new Script(script.time + SECOND, SENDER, 'keepalived_vrrp').send();
    const { windows, summary } = fold([...script.rows, ...renamed.rows]);
    expect(windows.map(({ from }) => from === null)).toEqual([true, false, false]);
    expect(summary.unfinished).toMatchObject([{ tid: SENDER, comm: 'keepalived_vrrp' }]);
  });
});
