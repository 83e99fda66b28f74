import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPerfLine } from '../../../src/sources/ftrace-text/perf-line.js';
import { readTraceCmdLine } from '../../../src/sources/ftrace-text/trace-cmd-line.js';
import { readText } from './reading.js';

/** Names that look like what stands around them. */
const NASTY = [
  'a ==> b', 'x:1 [120] R', ':7 [1] S ==> b', 'x:1 [9] R ==> ', ' prev_pid=1', 'c prev_prio=1 ', 'pid=1 prio=1',
  'CPU:000', '-1 [000] 1.5:', 'a-12 [001]', '[000] 1.0:', 'a b: c:', '(1) ', ') pgft_maj=', ') prev_state=', '<...>',
  ' ', '#', '=> ', 'é'.repeat(7), '\u202e\u0007',
]; // prettier-ignore

const comm = fc.oneof(
  fc.constantFrom(...NASTY),
  fc
    .array(fc.constantFrom('a', 'b', '1', ' ', ':', '-', '[', ']', '(', ')', '=', '>', '/', '.', '%', '"'), {
      minLength: 1,
      maxLength: 15,
    })
    .map((chars) => chars.join('')),
);
const tid = fc.integer({ min: 1, max: 4_194_304 });
const thread = fc.record({ comm, tid });
const state = fc.constantFrom('S', 'R', 'R+', 'D', 'D|K', 't', 'T', 'Z', 'I');

/** As libtraceevent and the kernel align names. */
const right = (name: string, width: number): string => name.padStart(width);

const kernelSwitch = (prev: { comm: string; tid: number }, left: string, next: { comm: string; tid: number }): string =>
  `prev_comm=${prev.comm} prev_pid=${String(prev.tid)} prev_prio=120 prev_state=${left} ==> next_comm=${next.comm} next_pid=${String(next.tid)} next_prio=98`;

const expected = (prev: { comm: string; tid: number }, left: string, next: { comm: string; tid: number }) => ({
  kind: 'event',
  told: { kind: 'switch', comm: prev.comm, tid: prev.tid, state: left, nextComm: next.comm, nextTid: next.tid },
});

describe('names that look like the format', () => {
  it('are read out of perf script', () => {
    fc.assert(
      fc.property(thread, state, thread, (prev, left, next) => {
        const line = `${right(prev.comm, 16)} ${String(prev.tid).padStart(5)} [001] 23982.498674190:       sched:sched_switch: ${kernelSwitch(prev, left, next)}`;
        expect(readPerfLine(line)).toMatchObject(expected(prev, left, next));
      }),
    );
  });

  it('are read out of the text of trace-cmd and of the kernel', () => {
    fc.assert(
      fc.property(thread, state, thread, fc.boolean(), (prev, left, next, plugin) => {
        const head = `${right(prev.comm, 16)}-${String(prev.tid).padEnd(5)} [001] ${plugin ? '' : 'd..2. '}23982.498674: sched_switch: `;
        const body = plugin
          ? `        ${prev.comm}:${String(prev.tid)} [120] ${left} ==> ${next.comm}:${String(next.tid)} [98]`
          : kernelSwitch(prev, left, next);
        // The plugin's text is aligned with blanks, so those in front of a name are nobody's.
        const known = plugin ? { ...prev, comm: prev.comm.trimStart() } : prev;
        expect(readTraceCmdLine(head + body)).toMatchObject(expected(known, left, next));
      }),
    );
  });

  it('are read out of wake-ups', () => {
    fc.assert(
      fc.property(thread, thread, fc.boolean(), (waker, woken, plugin) => {
        const body = plugin
          ? `        ${woken.comm}:${String(woken.tid)} [120] CPU:003`
          : `comm=${woken.comm} pid=${String(woken.tid)} prio=120 target_cpu=003`;
        const line = `${right(waker.comm, 16)}-${String(waker.tid).padEnd(5)} [001] 23982.498674: sched_wakeup: ${body}`;
        expect(readTraceCmdLine(line)).toMatchObject({
          kind: 'event',
          head: { tid: waker.tid },
          told: { kind: 'wake-up', comm: plugin ? woken.comm.trimStart() : woken.comm, tid: woken.tid, cpu: 3 },
        });
      }),
    );
  });
});

describe('any text', () => {
  const word = fc.oneof(
    comm,
    fc.constantFrom(
      'keepalived', '21783', '[000]', '1.000000:', '1.000000000:', 'sched:sched_switch:', 'raw_syscalls:sys_enter:', 'NR',
      '46', '(e,', '4)', '=', '40', 'sched_switch:', 'prev_comm=a', 'prev_pid=1', 'prev_prio=1', 'prev_state=S', '==>',
      'next_comm=b', 'next_pid=2', 'next_prio=3', 'PERF_RECORD_LOST', 'lost', 'CPU:1', '[LOST', '3', 'EVENTS]', '\n', '\n',
    ),
  ); // prettier-ignore
  const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(' '));

  it('is read or counted, and never makes the reader fail', async () => {
    const first = '      keepalived 21783 [000] 1.000000: raw_syscalls:sys_exit: NR 46 = 40\n';
    const firstOfOther = '      keepalived-21783 [000] 1.000000: sys_exit: NR 46 = 40\n';
    await fc.assert(
      fc.asyncProperty(text, async (some) => {
        const lines = some.split('\n').length;
        for (const [form, start] of [
          ['perf', first],
          ['trace-cmd', firstOfOther],
        ] as const) {
          const { events, counters } = await readText(`${start}${some}\n`, form);
          const counted = counters.list().reduce((sum, { count }) => sum + count, 0);
          // A loss makes up to three rows; its count is the number of events lost.
          expect(events.length).toBeLessThanOrEqual(1 + 3 * lines);
          expect(events.length + counted).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const piece of ['a-1 ', '1.000000: ', 'prev_comm=', ' ', 'x:1 [1] R ==> ', '('])
      for (const read of [readPerfLine, readTraceCmdLine]) {
        const began = process.hrtime.bigint();
        read(piece.repeat(1_000_000 / piece.length));
        expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(500);
      }
  });
});
