import { describe, expect, it } from 'vitest';
import { expectEverywhere, expectOneLate } from '../support/expect-cause.js';
import { block, compute, LOG_WRITE, makeManyCalls, oversleep, page } from '../support/faults.js';
import { allLate, MS, S, Scene } from '../support/scene.js';
import { sendInfo } from '../support/build-sender.js';

const scene = (trouble: (made: Scene) => void) => (): Scene => {
  const made = new Scene().calm(4);
  trouble(made);
  return made.calm(4);
};

describe('an undisturbed sender', () => {
  it('is not late', async () => {
    for (const captures of ['both', 'none'] as const) {
      const answer = await new Scene().calm(9).analyze({ captures });
      expect(allLate(answer)).toEqual([]);
      expect(answer.instances).toHaveLength(1);
      expect(answer.instances[0]).toMatchObject({ advertisements: 9, takeovers: [] });
    }
  });
});

describe('a sender with work of its own', () => {
  const busy = {
    cause: 'sender-busy',
    where: 'sender-process',
    states: ['running'],
    culprit: { process: 'keepalived' },
  } as const;

  it('computes for 1.5 s before it sends', async () => {
    await expectEverywhere(
      scene((made) => {
        compute(made, 1.5 * S);
      }),
      { ...busy, lateness: 1.5 * S },
    );
  });

  it('computes for 1.5 s between the send and the arming, which postpones the next one', async () => {
    await expectEverywhere(
      scene((made) => {
        compute(made, 1.5 * S, 'after-send');
      }),
      { ...busy, lateness: 1.5 * S },
    );
  });

  it('makes thousands of small calls', async () => {
    await expectEverywhere(
      scene((made) => {
        makeManyCalls(made, 1.5 * S);
      }),
      { ...busy, lateness: 1.5 * S },
    );
  });
});

describe('a sender whose memory is away', () => {
  const paging = {
    cause: 'paging',
    where: 'sender-vm',
    states: ['paging'],
    culprit: { process: 'keepalived' },
  } as const;

  it('waits once for 1.2 s', async () => {
    await expectEverywhere(
      scene((made) => {
        page(made, 1.2 * S, 1);
      }),
      { ...paging, lateness: 1.2 * S },
    );
  });

  it('waits for 60 pages, 20 ms each', async () => {
    await expectEverywhere(
      scene((made) => {
        page(made, 1.2 * S, 60);
      }),
      { ...paging, lateness: 1.2 * S, slack: 10 * MS },
    );
  });
});

describe('a sender that sleeps past its timer', () => {
  it('while its CPU idles and kernel threads switch every 4 ms', async () => {
    await expectEverywhere(
      scene((made) => {
        oversleep(made, 1.5 * S);
      }),
      { cause: 'timer-late', where: 'sender-vm', states: ['overslept'], culprit: null, lateness: 1.5 * S },
    );
  });
});

describe('a sender blocked in a system call', () => {
  const blocked = { cause: 'blocked-syscall', where: 'sender-process', states: ['blocked'] } as const;

  it.each([
    ['before the send', 'before-send'],
    ['between the send and the arming', 'after-send'],
  ] as const)('writes its log for 1.4 s %s', async (_, phase) => {
    await expectEverywhere(
      scene((made) => {
        block(made, 1.4 * S, LOG_WRITE, phase);
      }),
      {
        ...blocked,
        lateness: 1.4 * S,
        culprit: { process: 'keepalived', syscall: 'write', target: '/var/log/keepalived.log' },
      },
    );
  });

  it('connects to a mail server for 5 s', async () => {
    await expectEverywhere(
      scene((made) => {
        const call = {
          type: 'connect',
          enter: 'fd=16(<4>) addr=10.0.0.25:25 ',
          exit: 'res=-110(ETIMEDOUT) tuple=10.0.0.8:41000->10.0.0.25:25 fd=16(<4t>10.0.0.8:41000->10.0.0.25:25) ',
        };
        block(made, 5 * S, call);
      }),
      {
        ...blocked,
        lateness: 5 * S,
        culprit: { process: 'keepalived', syscall: 'connect', target: '10.0.0.25:25' },
      },
    );
  });

  it('sends to a name server for 5 s', async () => {
    await expectEverywhere(
      scene((made) => {
        const call = {
          type: 'sendto',
          enter: 'fd=16(<4u>10.0.0.8:41000->10.0.0.53:53) size=40 tuple=NULL ',
          exit: 'res=40 data=........ ',
        };
        block(made, 5 * S, call);
      }),
      { ...blocked, lateness: 5 * S, culprit: { process: 'keepalived', syscall: 'sendto' } },
    );
  });

  it("waits in the resolver's poll for 5 s, which is not its loop's wait", async () => {
    await expectEverywhere(
      scene((made) => {
        made.sender.wake();
        made.sender.call(
          'sendto',
          'fd=16(<4u>10.0.0.8:41000->10.0.0.53:53) size=40 tuple=NULL ',
          'res=40 data=........ ',
        );
        made.sender.sleepIn('poll', 'fds=16:41 timeout=5000 ', made.sender.clock + 5 * S, 'res=0 fds= ');
        made.sender.finish(made.router);
      }),
      { ...blocked, lateness: 5 * S, culprit: { process: 'keepalived', syscall: 'poll' } },
    );
  });

  it('is inside the send call itself: the packet leaves late, nothing else is late', async () => {
    const made = new Scene().calm(4);
    const { sender, router } = made;
    sender.wake();
    sender.enter('sendmsg', sendInfo(router, '224.0.0.18'));
    sender.awayUntil(sender.clock + 1.2 * S);
    sender.post(router, '224.0.0.18', router.priority, sender.clock);
    sender.exit('sendmsg', 'res=40 data=E..(.....p..........!3...../.....notsecre ');
    sender.arm(router.interval);
    sender.wait();
    made.calm(4);
    const answer = await made.analyze();
    // Both `blocked` and `sending` say what the contract says; it must be this call, and no queue.
    const expected = {
      cause: 'blocked-syscall',
      where: 'sender-process',
      states: ['blocked', 'sending'],
      lateness: 1.2 * S,
      culprit: { process: 'keepalived', syscall: 'sendmsg' },
    } as const;
    expectOneLate(answer, expected);
    expectOneLate(await made.analyze({ captures: 'none' }), expected);
  });
});

describe('a refused send', () => {
  it('costs an interval when it happens once', async () => {
    await expectEverywhere(
      scene((made) => {
        const { sender, router } = made;
        sender.wake();
        sender.advertise(router, { result: 'res=-105(ENOBUFS) data= ' });
        sender.arm(router.interval);
        sender.wait();
      }),
      {
        cause: 'send-failed',
        where: 'sender-process',
        states: ['rearmed'],
        lateness: S,
        culprit: { process: 'keepalived', syscall: 'sendmsg', target: 'ENOBUFS' },
      },
    );
  });
});
