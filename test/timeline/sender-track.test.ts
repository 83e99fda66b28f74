import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment, SendWindow } from '../../src/timeline/segments.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { batchesOf } from './batches.js';
import { Script, SENDER } from './sender.js';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

/** The windows of a trace; the interval is told so short that each keeps its details. */
const windowsOf = (script: Script, size = 7): SendWindow[] => {
  const timeline = new Timeline(1);
  return batchesOf(script.rows, size).flatMap((batch) => timeline.push(batch));
};

const shapesOf = (segments: readonly Segment[] | null): string[] =>
  (segments ?? []).map(({ kind, call, from, to }) => `${kind}${call === '' ? '' : ` ${call}`} ${to - from}`);

const expectWhole = ({ from, segments, attempt }: SendWindow): void => {
  let at = from ?? NaN;
  for (const segment of segments ?? []) {
    expect(segment.from).toBe(at);
    expect(segment.to).toBeGreaterThanOrEqual(segment.from);
    at = segment.to;
  }
  expect(at).toBe(attempt.time);
};

const offOf = (window: SendWindow | undefined): Segment | undefined =>
  window?.segments?.find(({ kind }) => kind === 'off');

describe('a thread that advertises', () => {
  it('gives a window for every attempt, each from the one before', () => {
    const script = new Script(5 * MS).send();
    for (let i = 0; i < 3; i++) script.wait(1000).sleep(SECOND).wait(2000).send();
    const windows = windowsOf(script);
    const times = [5, 1, 1, 1].map((_, i) => 5 * MS + i * (SECOND + 30_000));
    expect(windows.map(({ attempt }) => attempt.time)).toEqual(times);
    expect(windows.map(({ from }) => from)).toEqual([null, ...times.slice(0, 3)]);
    for (const { contradictions } of windows) expect(contradictions).toBe(0);
    expect(windows[1]?.attempt).toMatchObject({
      tid: SENDER,
      comm: 'keepalived',
      exit: times[1]! + 20_000,
      ok: true,
      errno: null,
      call: 'sendmsg',
      descriptor: 13,
      destination: '224.0.0.18',
      version: 2,
      vrid: 0x33,
      priority: 0x64,
    });
  });

  it('is followed from the enter of one send to that of the next', () => {
    const [, window] = windowsOf(new Script().send(20_000).wait(1000).sleep(SECOND).wait(2000).send());
    expect(shapesOf(window!.segments)).toEqual([
      'send sendmsg 20000',
      'run 4000',
      'wait epoll_wait 1000000000',
      'run 6000',
    ]);
    expect(window!.segments![2]).toMatchObject({ openEnded: false, inferred: false, lane: 0, laneIn: 0 });
  });

  it('has segments without a hole between any two sends', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('sleep'), ns: fc.integer({ min: 1, max: SECOND }) }),
      fc.record({ do: fc.constant('run'), ns: fc.integer({ min: 0, max: MS }) }),
      fc.record({ do: fc.constant('preempted'), ns: fc.integer({ min: 1, max: 100 * MS }) }),
      fc.record({ do: fc.constant('fsync'), ns: fc.integer({ min: 1, max: 100 * MS }) }),
      fc.record({ do: fc.constant('send'), ns: fc.integer({ min: 0, max: MS }) }),
      fc.record({ do: fc.constant('send slowly'), ns: fc.integer({ min: 1, max: MS }) }),
      fc.record({ do: fc.constant('lost in'), ns: fc.integer({ min: 1, max: MS }) }),
      fc.record({ do: fc.constant('lost out'), ns: fc.integer({ min: 1, max: MS }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (steps, size) => {
        const script = new Script().send();
        for (const { do: what, ns } of steps) {
          script.wait(500);
          if (what === 'sleep') script.sleep(ns);
          else if (what === 'run') script.wait(ns).row('>', 'getpid').row('<', 'getpid');
          else if (what === 'preempted') script.out(9).wait(ns).in(9);
          else if (what === 'fsync') script.row('>', 'fsync').wait(100).out().wait(ns).in().row('<', 'fsync');
          else if (what === 'lost in') script.out().wait(ns).row('<', 'read', 'res=1 ');
          else if (what === 'lost out') script.wait(ns).in();
          else if (what === 'send slowly') {
            script.row('>', 'sendmsg', 'fd=13(<4r>) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ');
            script.wait(100).out(9).wait(ns).in(9).wait(100).row('<', 'sendmsg', 'res=40 ');
          } else script.send(ns);
        }
        const windows = windowsOf(script.wait(1000).send(), size);
        expect(windows).toHaveLength(2 + steps.filter(({ do: what }) => what.startsWith('send')).length);
        for (const window of windows.slice(1)) {
          if (window.segments !== null) expectWhole(window);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('counts no time before its first attempt', () => {
    const [window] = windowsOf(new Script().sleep(SECOND).send());
    expect(window).toMatchObject({ from: null, contradictions: 0 });
  });

  it('is told from a thread that sends something else', () => {
    const script = new Script();
    script
      .row('>', 'sendto', 'fd=4(<4u>10.0.0.1:5->10.0.0.2:53) size=9 tuple=10.0.0.1:5->10.0.0.2:53 ')
      .row('<', 'sendto', 'res=9 ');
    expect(windowsOf(script)).toEqual([]);
  });

  it('reports what the kernel refused, and that its timer starts anew', () => {
    const windows = windowsOf(
      new Script().send().wait(MS).sleep(SECOND).send(1000, '-1(EPERM)').wait(MS).sleep(SECOND).send(),
    );
    expect(windows.map(({ attempt }) => attempt.ok)).toEqual([true, false, true]);
    expect(windows[1]?.attempt.errno).toBe('EPERM');
    expect(windows[2]?.rearms).toMatchObject([{ reason: 'send-failed' }]);
  });

  it('starts its timer anew when a VRRP packet comes in', () => {
    const script = new Script()
      .send()
      .wait(MS)
      .sleep(SECOND / 2);
    script
      .row('>', 'recvmsg', 'fd=12(<4r>0.0.0.0:112) ')
      .row('<', 'recvmsg', 'res=40 size=40 data=E.. tuple=192.168.205.9:112->0.0.0.0:0 ');
    const [, window] = windowsOf(script.wait(MS).sleep(SECOND).send());
    expect(window?.rearms).toMatchObject([{ reason: 'packet', source: '192.168.205.9' }]);
  });

  it('does not start it anew for an empty read or another socket', () => {
    const script = new Script().send().wait(MS);
    script.row('>', 'recvmsg', 'fd=12(<4r>0.0.0.0:112) ').row('<', 'recvmsg', 'res=-11(EAGAIN) ');
    script.row('>', 'read', 'fd=5(<t>) size=8 ').row('<', 'read', 'res=8 data=........ ');
    const [, window] = windowsOf(script.sleep(SECOND).send());
    expect(window?.rearms).toEqual([]);
  });
});

describe('off the CPU', () => {
  const cycle = (middle: (script: Script) => Script): SendWindow =>
    windowsOf(middle(new Script().send().wait(1000)).wait(2000).send())[1]!;

  it('in a call is time of that call, with its file', () => {
    const window = cycle((script) =>
      script
        .row('>', 'write', 'fd=2(<f>/var/log/x) size=70 ')
        .wait(10)
        .out()
        .wait(MS)
        .in()
        .wait(10)
        .row('<', 'write', 'res=70 data=secret '),
    );
    expect(offOf(window)).toMatchObject({ call: 'write', target: '/var/log/x', inferred: false, resumed: false });
    expect(JSON.stringify(window)).not.toContain('secret');
  });

  it('in a call that never sleeps is no time of it', () => {
    const window = cycle((script) =>
      script.row('>', 'timerfd_settime').wait(10).out(9).wait(MS).in(9).row('<', 'timerfd_settime'),
    );
    expect(offOf(window)).toMatchObject({ kind: 'off', call: '' });
  });

  it('a second time in one call means it had been woken', () => {
    const window = cycle((script) =>
      script.row('>', 'fsync').wait(10).out().wait(MS).in().wait(10).out(9).wait(MS).in(9).row('<', 'fsync'),
    );
    expect(window.segments?.filter(({ kind }) => kind === 'off').map(({ resumed }) => resumed)).toEqual([false, true]);
  });

  it('after a stop signal says which', () => {
    const window = cycle((script) =>
      script.row('>', 'epoll_wait', 'maxevents=5 ').wait(10).out().wait(MS).in().row('<', 'epoll_wait', 'res=-4(EINTR) ')
        .row('>', 'signaldeliver', `spid=0 dpid=${SENDER}(keepalived) sig=19(SIGSTOP) `).wait(5).out().wait(9 * MS).in(),
    ); // prettier-ignore
    expect(offOf(window)).toMatchObject({ stopSignal: 'SIGSTOP' });
  });

  it('counts the major faults between its two switches', () => {
    const script = new Script().send().wait(1000).out().wait(MS).in().wait(1000).out().wait(MS).in().wait(1000).send();
    const outs = script.rows
      .map((row, i) => (row.type === 'switch' && row.tid === SENDER ? i : -1))
      .filter((i) => i >= 0);
    outs.forEach((at, k) => {
      script.rows[at] = { ...script.rows[at]!, info: `next=0 pgft_maj=${3 + 4 * k} pgft_min=0 vm_size=0 ` };
    });
    expect(offOf(windowsOf(script)[1])?.majorFaults).toBe(4);
  });
});

describe('rows that contradict each other', () => {
  it('running while off is counted, and the end of the absence is open', () => {
    const [, window] = windowsOf(
      new Script().send().wait(1000).row('>', 'fsync').out().wait(MS).row('<', 'fsync').wait(1000).send(),
    );
    expect(window?.contradictions).toBe(1);
    expect(offOf(window)).toMatchObject({ openEnded: true, back: null, call: 'fsync' });
  });

  it('coming while it runs is counted', () => {
    const [, window] = windowsOf(new Script().send().wait(1000).in().wait(1000).send());
    expect(window?.contradictions).toBe(1);
  });

  it('an exit of another call is counted', () => {
    const [, window] = windowsOf(
      new Script().send().row('>', 'fsync').wait(10).row('<', 'read', 'res=1 ').wait(10).send(),
    );
    expect(window?.contradictions).toBe(1);
  });

  it('an attempt whose exit was lost is kept, its end unknown', () => {
    const script = new Script().send().wait(1000).sleep(SECOND);
    script.row('>', 'sendmsg', 'fd=13(<4r>) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ').wait(10).sleep(SECOND).send();
    const windows = windowsOf(script);
    expect(windows.map(({ attempt }) => attempt.exit === null)).toEqual([false, true, false]);
  });
});

describe('where no enter rows exist', () => {
  const exits = (rest: (script: Script) => Script): SendWindow[] => windowsOf(rest(new Script().sendExit().wait(1000)));

  it('the first exit after the switch tells what it slept in', () => {
    const [, window] = exits((script) =>
      script.out().wait(SECOND).in().wait(4000).row('<', 'epoll_wait', 'res=1 ').wait(1000).sendExit(),
    );
    expect(window?.contradictions).toBe(0);
    expectWhole(window!);
    expect(window?.segments?.[1]).toMatchObject({ kind: 'wait', call: 'epoll_wait', inferred: true });
    expect(window?.attempt).toMatchObject({
      vrid: 0x33,
      ok: true,
      destination: '224.0.0.18',
      exit: window!.attempt.time,
    });
  });

  it('a call that ends soon after the switch is taken for what it slept in', () => {
    const [, window] = exits((script) =>
      script
        .out()
        .wait(MS)
        .in()
        .wait(5000)
        .row('<', 'write', 'res=70 data=x fd=2(<f>/var/log/x) size=70 ')
        .wait(1000)
        .sendExit(),
    );
    expect(offOf(window)).toMatchObject({ call: 'write', target: '/var/log/x', inferred: true });
  });

  it('one that ends long after is taken for it loosely', () => {
    const [, window] = exits((script) =>
      script.out(9).wait(MS).in(9).wait(MS).row('<', 'write', 'res=1 ').wait(1000).sendExit(),
    );
    expect(offOf(window)).toMatchObject({ call: 'write', inferred: true, loose: true });
  });

  it('but not where the thread left right behind its loop, on its way to its own code', () => {
    const [, window] = exits((script) =>
      script
        .row('<', 'epoll_wait', 'res=1 ')
        .wait(10)
        .out(9)
        .wait(MS)
        .in(9)
        .wait(MS)
        .row('<', 'write', 'res=1 ')
        .wait(1000)
        .sendExit(),
    );
    expect(offOf(window)).toMatchObject({ call: '', inferred: false });
  });

  it('neither is one that never sleeps', () => {
    const [, window] = exits((script) =>
      script.out(9).wait(MS).in(9).wait(10).row('<', 'timerfd_settime').wait(10).sendExit(),
    );
    expect(offOf(window)).toMatchObject({ call: '', inferred: false });
  });

  it('refusals are seen as well', () => {
    const windows = exits((script) => script.sendExit('-1(EPERM)').wait(1000).sendExit());
    expect(windows.map(({ attempt }) => attempt.errno)).toEqual([null, 'EPERM', null]);
  });
});

describe('where no switch rows exist', () => {
  const between = (middle: (script: Script) => Script): SendWindow =>
    windowsOf(middle(new Script().send().wait(1000)).wait(2000).send())[1]!;

  it('a long time inside the loop is waiting, inferred', () => {
    const window = between((script) =>
      script.row('>', 'epoll_wait', 'maxevents=5 ').wait(SECOND).row('<', 'epoll_wait', 'res=1 '),
    );
    expectWhole(window);
    expect(window.segments?.find(({ kind }) => kind === 'wait')).toMatchObject({ call: 'epoll_wait', inferred: true });
  });

  it('a long time inside another call is absence in that call', () => {
    const window = between((script) => script.row('>', 'fsync').wait(SECOND).row('<', 'fsync'));
    expectWhole(window);
    expect(offOf(window)).toMatchObject({ call: 'fsync', inferred: true });
  });

  it('a long time outside any call is absence in none', () => {
    const window = between((script) =>
      script.row('<', 'read', 'res=1 ').wait(SECOND).row('>', 'fsync').row('<', 'fsync'),
    );
    expectWhole(window);
    expect(offOf(window)).toMatchObject({ call: '', inferred: true });
  });
});

describe('a thread with two kinds of waits', () => {
  it('loops on epoll, and is off the CPU in poll', () => {
    const script = new Script().send().wait(1000).sleep(SECOND);
    script.row('>', 'poll', 'fds=3:u1 timeout=1000 ').wait(10).out().wait(MS).in().row('<', 'poll', 'res=0 ');
    const [, window] = windowsOf(script.wait(1000).send());
    expect(window?.segments?.filter(({ kind }) => kind === 'wait').map(({ call }) => call)).toEqual(['epoll_wait']);
    expect(offOf(window)?.call).toBe('poll');
  });

  it('names a file as an earlier row of the thread named its descriptor', () => {
    const script = new Script().send().wait(1000);
    script.row('<', 'openat', 'fd=7(<f>/var/run/x) name=/var/run/x ').wait(100);
    script.row('>', 'fsync', 'fd=7 ').wait(10).out().wait(MS).in().row('<', 'fsync', 'res=0 ');
    expect(offOf(windowsOf(script.wait(1000).send())[1])).toMatchObject({ call: 'fsync', target: '/var/run/x' });
  });
});
