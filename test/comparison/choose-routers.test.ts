import { describe, expect, it } from 'vitest';
import { chooseRouters, type JudgedInstance } from '../../src/comparison/choose-routers.js';
import type { AnswerInstance } from '../../src/model/answer.js';
import { instanceOf } from '../reports/builders.js';

const SECOND = 1e9;

const judged = (more: Partial<AnswerInstance>, seconds = 60): JudgedInstance => ({
  instance: instanceOf([], more),
  gaps: {
    baseNs: 0n,
    at: Float64Array.from({ length: seconds }, (_, i) => (i + 1) * SECOND),
    gap: new Float64Array(seconds).fill(SECOND),
    lateness: new Float64Array(seconds),
  },
});

const sentBy = (tid: number): AnswerInstance['senders'] => [{ process: 'keepalived', tid, fromNs: '0', toNs: '1' }];
const nobody = { vrid: null, pid: null };
const sourcesOf = ({ chosen }: ReturnType<typeof chooseRouters>): (string | null)[] =>
  chosen.map(({ instance }) => instance.source);

describe('the routers of a session that count', () => {
  it('are all of different ids, and every destination of one', () => {
    const instances = [
      judged({ vrid: 1, source: '10.0.0.1', senders: sentBy(7) }),
      judged({ vrid: 2, source: '10.0.0.1', senders: sentBy(7) }),
      judged({ vrid: 2, source: '10.0.0.1', destination: '10.0.0.3', senders: sentBy(7) }),
    ];
    const { chosen, leftOut } = chooseRouters(instances, nobody);
    expect(chosen).toHaveLength(3);
    expect(leftOut).toEqual([]);
  });

  it('are not the backup, which was master for a while', () => {
    const instances = [
      judged({ source: '10.0.0.2', senders: [] }, 10),
      judged({ source: '10.0.0.1', senders: [] }, 50),
    ];
    const outcome = chooseRouters(instances, nobody);
    expect(sourcesOf(outcome)).toEqual(['10.0.0.1']);
    expect(outcome.leftOut).toEqual([
      { router: 'VRID 205 ipv4 10.0.0.2->224.0.0.18', why: 'another router of the same id, seen for less time' },
    ]);
  });

  it('are sent by the process that the session watches, be another one seen for longer', () => {
    const instances = [
      judged({ source: '10.0.0.2', senders: sentBy(8) }, 90),
      judged({ source: '10.0.0.1', senders: sentBy(7) }, 50),
    ];
    expect(sourcesOf(chooseRouters(instances, { vrid: 205, pid: 7 }))).toEqual(['10.0.0.1']);
  });

  it('are of the id that the session watches', () => {
    const instances = [
      judged({ vrid: null, source: null, senders: sentBy(9) }),
      judged({ vrid: 205, source: '10.0.0.1', senders: sentBy(7) }),
      judged({ vrid: 51, source: '10.0.0.1', senders: sentBy(7) }),
    ];
    const { chosen, leftOut } = chooseRouters(instances, { vrid: 205, pid: null });
    expect(chosen.map(({ instance }) => instance.vrid)).toEqual([205]);
    expect(leftOut.map(({ why }) => why)).toEqual([
      'not VRID 205, which the session watches',
      'not VRID 205, which the session watches',
    ]);
  });

  it('are those there are where the session watched another', () => {
    const instances = [judged({ vrid: 205, source: '10.0.0.1', senders: sentBy(7) })];
    expect(chooseRouters(instances, { vrid: 3, pid: 99 }).chosen).toHaveLength(1);
    expect(chooseRouters([], { vrid: 3, pid: 99 })).toEqual({ chosen: [], leftOut: [] });
  });

  it('are those of the traced machine', () => {
    const instances = [
      judged({ source: '10.0.0.2', senders: [] }, 90),
      judged({ source: '10.0.0.1', senders: sentBy(7) }, 50),
    ];
    expect(chooseRouters(instances, nobody).leftOut.map(({ why }) => why)).toEqual(['not sent by the traced machine']);
  });
});
