import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment, SendWindow } from '../../src/timeline/segments.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { readLeftState, readTargetCpu, readWoken } from '../../src/timeline/wake-ups.js';
import { batchesOf, switchRow, type PlainRow } from './batches.js';
import { Script, SENDER } from './sender.js';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

const windowsOf = (rows: readonly PlainRow[], size = 7): SendWindow[] => {
  const timeline = new Timeline(1);
  return batchesOf(rows, size).flatMap((batch) => timeline.push(batch));
};

const wakeUp = (time: number, more: Partial<PlainRow> = {}): PlainRow => ({
  time,
  type: 'sched_wakeup',
  dir: '>',
  tid: 900,
  comm: 'waker',
  info: `tid=${SENDER}(keepalived) target_cpu=0 `,
  ...more,
});

/** A script's rows with others among them, in time order. */
const withRows = (script: Script, ...more: PlainRow[]): PlainRow[] =>
  [...script.rows, ...more].sort((a, b) => a.time - b.time);

/** The last window's only absence of a kind, behind one send and before the next. */
const absenceOf = (rows: readonly PlainRow[], kind: Segment['kind'] = 'wait'): Segment => {
  const segments = windowsOf(rows)
    .at(-1)!
    .segments!.filter((segment) => segment.kind === kind);
  expect(segments).toHaveLength(1);
  return segments[0]!;
};

/** Asleep from 23_000 to 23_000 + 1 s. */
const sleeper = (): Script => new Script().send(20_000).sleep(SECOND).send();
const LEFT = 23_000;
const BACK = LEFT + SECOND;

describe('readWoken', () => {
  it.each([
    ['tid=500(keepalived) target_cpu=1 ', 500],
    ['comm=keepalived pid=500 prio=120 target_cpu=001', 500],
    ['pid=500', 500],
    ['woken=500(keepalived) by=7', 500],
    ['target=500 target_cpu=3', 500],
    ['next=500(keepalived) ', 500],
    ['pid=499(keepalived) tid=500(keepalived) ', 500],
    ['tid=500 pid=499 ', 500],
    ['woken=500 pid=7', 500],
    ['\ttid=500', 500],
    ['', -1],
    ['target_cpu=3 ', -1],
    ['tid=', -1],
    ['tid=keepalived pid=500', 500],
    ['ptid=7 vpid=8', -1],
    ['tid=-1 ', -1],
  ])('%j is about %i', (info, tid) => {
    expect(readWoken(info)).toBe(tid);
  });

  it('finds the number whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('tid', 'pid', 'woken', 'target', 'next'),
        fc.integer({ min: 0, max: 4_194_304 }),
        fc.constantFrom('', 'prio=120 ', 'comm=a b ', 'success=1 ', 'target_cpu=9 ', 'cpu=1 '),
        fc.constantFrom('', '(keepalived)', ' ', ' prio=120', '(a b) cpu=3 '),
        (key, tid, before, after) => {
          expect(readWoken(`${before}${key}=${tid}${after}`)).toBe(tid);
        },
      ),
    );
  });
});

describe('readTargetCpu', () => {
  it.each([
    ['tid=500 target_cpu=1 ', 1],
    ['pid=500 prio=120 target_cpu=012', 12],
    ['tid=500 cpu=3', 3],
    ['tid=500 ', -1],
    ['tid=500 target_cpu= ', -1],
  ])('%j is %i', (info, cpu) => {
    expect(readTargetCpu(info)).toBe(cpu);
  });
});

describe('readLeftState', () => {
  it.each([
    ['next=0 prev_state=S ', 'asleep'],
    ['prev_state=D', 'asleep'],
    ['prev_state=D|K ', 'asleep'],
    ['prev_state=I ', 'asleep'],
    ['prev_state=R ', 'ready'],
    ['prev_state=R+ ', 'ready'],
    ['prev_state=S+ ', 'ready'],
    ['prev_state=T ', 'stopped'],
    ['prev_state=t ', 'traced'],
    ['prev_state=Z ', 'gone'],
    ['prev_state=X ', 'gone'],
    ['prev_state=0 ', 'ready'],
    ['prev_state=0x100 ', 'ready'],
    ['prev_state=256 ', 'ready'],
    ['prev_state=1 ', 'asleep'],
    ['prev_state=2 ', 'asleep'],
    ['prev_state=0x402 ', 'asleep'],
    ['prev_state=258 ', 'asleep'],
    ['prev_state=128 ', 'asleep'],
    ['prev_state=4 ', 'stopped'],
    ['prev_state=260 ', 'stopped'],
    ['prev_state=8 ', 'traced'],
    ['prev_state=16 ', 'gone'],
    ['prev_state=32 ', 'gone'],
    ['prev_state=-1 ', null],
    ['prev_state=? ', null],
    ['prev_state= ', null],
    ['next=0 ', null],
    ['my_prev_state=R ', null],
  ])('%j is %j', (info, state) => {
    expect(readLeftState(info)).toBe(state);
  });
});

describe('a wake-up of a sender', () => {
  it.each(['sched_wakeup', 'sched_waking', 'sched_wakeup_new', 'wakeup'])('%s tells when its sleep ended', (type) => {
    const at = LEFT + 400 * MS;
    const absence = absenceOf(withRows(sleeper(), switchRow(1, 0, 900), wakeUp(at, { type })));
    expect(absence).toMatchObject({ from: LEFT, to: BACK, wokenAt: at, wokenBy: { tid: 900, comm: 'waker' } });
    expect(absence.woken).toMatchObject({
      time: at,
      text: `waker (900) > ${type} tid=${SENDER}(keepalived) target_cpu=0`,
    });
    expect(absence.wokenLane).toBe(0);
  });

  it('has no waker where an interrupt found an idle CPU, and shows nothing else of its row', () => {
    const info = `comm=s3cret pid=${SENDER} prio=120 data=s3cret target_cpu=7`;
    const absence = absenceOf(withRows(sleeper(), wakeUp(LEFT + 5, { tid: 0, comm: undefined, info } as never)));
    expect(absence).toMatchObject({ wokenAt: LEFT + 5, wokenBy: null, wokenLane: -1 });
    expect(absence.woken!.text).toBe(`(0) > sched_wakeup tid=${SENDER}(keepalived) target_cpu=7`);
  });

  it('is its own row where that names nobody else', () => {
    const row = wakeUp(LEFT + 5, { tid: SENDER, comm: 'keepalived', info: 'target_cpu=0 ' });
    expect(absenceOf(withRows(sleeper(), row)).wokenAt).toBe(LEFT + 5);
  });

  it('is the first one of a sleep', () => {
    const rows = [wakeUp(LEFT + 10, { type: 'sched_waking' }), wakeUp(LEFT + 30), wakeUp(LEFT + 40)];
    expect(absenceOf(withRows(sleeper(), ...rows)).wokenAt).toBe(LEFT + 10);
  });

  it('ends no sleep while it is on a CPU, nor one that began later', () => {
    expect(absenceOf(withRows(sleeper(), wakeUp(LEFT - 1000), wakeUp(BACK + 1000))).wokenAt).toBeNull();
  });

  it('is none of its own when others are woken', () => {
    const rows = [1, 2, SENDER + 1].map((tid) => wakeUp(LEFT + tid, { info: `tid=${tid}(x) woken=${SENDER} ` }));
    expect(absenceOf(withRows(sleeper(), ...rows)).wokenAt).toBeNull();
  });

  it('says nothing of who left its CPU able to run', () => {
    const script = new Script().send().wait(1000);
    script.rows.push(switchRow(script.time, SENDER, 9, { comm: 'keepalived', info: 'next=9(x) prev_state=R+ ' }));
    script.wait(MS).in(9).wait(1000).send();
    const absence = absenceOf(withRows(script, wakeUp(script.time - 40_000)), 'off');
    expect(absence).toMatchObject({ left: 'ready', wokenAt: null });
  });

  it('by a thread that is not thought to run there is no sign of shared ring buffers', () => {
    const rows: PlainRow[] = [];
    for (let i = 0; i < 600; i++) {
      rows.push(switchRow(1000 * i, 1 + (i % 2), 1 + ((i + 1) % 2)));
      rows.push(wakeUp(1000 * i + 500, { tid: 77, comm: 'elsewhere' }));
    }
    const timeline = new Timeline(1);
    for (const batch of batchesOf(rows, 100)) timeline.push(batch);
    expect(timeline.end().sharedRings).toBe(false);
  });

  it('leaves the segments of any window whole', () => {
    const step = fc.record({
      ns: fc.integer({ min: 1, max: 10 * MS }),
      state: fc.constantFrom('S', 'D', 'R', 'R+', 'T', 't', '1', '256', 'nonsense'),
      call: fc.constantFrom('epoll_wait', 'write', ''),
      wakes: fc.array(fc.double({ min: -0.5, max: 1.5, noNaN: true }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 50 }), (steps, size) => {
        const script = new Script().send();
        const wakes: PlainRow[] = [];
        for (const { ns, state, call, wakes: places } of steps) {
          if (call !== '') script.wait(500).row('>', call);
          script.wait(500);
          for (const place of places) wakes.push(wakeUp(Math.round(script.time + place * ns)));
          const info = `next=0 prev_state=${state} `;
          script.rows.push(switchRow(script.time, SENDER, 0, { comm: 'keepalived', info }));
          script.wait(ns).in().wait(100);
          if (call !== '') script.row('<', call, 'res=1 ');
        }
        const window = windowsOf(withRows(script.wait(MS).send(), ...wakes), size).at(-1)!;
        let at = window.from;
        for (const segment of window.segments!) {
          expect(segment.from).toBe(at);
          at = segment.to;
          if (segment.wokenAt === null) continue;
          expect(segment.left).not.toBe('ready');
          expect(segment.wokenAt).toBeGreaterThanOrEqual(segment.from);
          expect(segment.wokenAt).toBeLessThanOrEqual(segment.to);
        }
        expect(at).toBe(window.attempt.time);
      }),
      { numRuns: 200 },
    );
  });
});

describe('without enter rows', () => {
  it.each([
    ['S', 'write'],
    ['R', ''],
  ])('who left its CPU in state %s was inside %j', (state, call) => {
    const script = new Script().sendExit().wait(1000);
    script.rows.push(switchRow(script.time, SENDER, 9, { comm: 'keepalived', info: `next=9(x) prev_state=${state} ` }));
    script.wait(MS).in(9).wait(3000).row('<', 'write', 'res=5 ').wait(1000).sendExit();
    expect(absenceOf(script.rows, 'off').call).toBe(call);
  });
});
