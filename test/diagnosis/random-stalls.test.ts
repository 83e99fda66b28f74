import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../src/model/answer.js';
import { checkAllLedgers, largestPart, timeIn } from '../support/ledger.js';
import {
  block,
  compute,
  contend,
  freeze,
  LOG_WRITE,
  oversleep,
  page,
  silenceAll,
  stopBySignal,
  throttle,
} from '../support/faults.js';
import { allLate, MS, S, Scene } from '../support/scene.js';

const CAUSE = {
  stop: 'stopped',
  freeze: 'stopped',
  compute: 'sender-busy',
  'compute-after': 'sender-busy',
  block: 'blocked-syscall',
  'block-after': 'blocked-syscall',
  page: 'paging',
  contend: 'cpu-contention',
  oversleep: 'timer-late',
  silence: 'vcpu-stall',
  throttle: 'cpu-throttled',
} as const satisfies Record<string, Cause>;

type Kind = keyof typeof CAUSE;

/** By how much the stall makes an advertisement late. `lead`: how long before the due time it begins, where that is free. */
const injectStall = (scene: Scene, kind: Kind, lead: number, length: number): number => {
  const { due } = scene.sender;
  const late = Math.max(0, length - lead);
  switch (kind) {
    case 'stop':
      stopBySignal(scene, due - lead, length);
      return late;
    case 'freeze':
      freeze(scene, due - lead, length);
      return late;
    case 'contend':
      contend(scene, due - lead, due - lead + length, { tid: 730, comm: 'backup' });
      return late;
    case 'silence':
      silenceAll(scene, due - lead, due - lead + length);
      return late;
    case 'compute':
      compute(scene, length);
      return length;
    case 'compute-after':
      compute(scene, length, 'after-send');
      return length;
    case 'block':
      block(scene, length, LOG_WRITE);
      return length;
    case 'block-after':
      block(scene, length, LOG_WRITE, 'after-send');
      return length;
    case 'page':
      page(scene, length, 5);
      return length;
    case 'oversleep':
      oversleep(scene, length);
      return length;
    case 'throttle':
      throttle(scene, length, { tid: 740, comm: 'check.py' });
      return length;
  }
};

const THRESHOLD = 100 * MS;
/** What a cycle takes besides the stall. */
const OVERHEAD = 2 * MS;

describe('random stalls', () => {
  it.each(Object.keys(CAUSE) as Kind[])('%s', async (kind) => {
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 900 }),
        fc.integer({ min: 20_000, max: 4_000_000 }),
        fc.integer({ min: 3, max: 6 }),
        fc.constantFrom('both', 'far', 'none'),
        async (leadMs, lengthUs, before, captures) => {
          const scene = new Scene().calm(before);
          const late = injectStall(scene, kind, leadMs * MS, lengthUs * 1000);
          const answer = await scene.calm(4).analyze({ captures: captures });
          checkAllLedgers(answer);
          const found = allLate(answer);
          if (late < THRESHOLD - OVERHEAD) expect(found.map(({ cause }) => cause)).toEqual([]);
          if (late < THRESHOLD + OVERHEAD) return;
          expect(found.map(({ cause, summary }) => `${cause}: ${summary}`)).toHaveLength(1);
          const one = found[0]!;
          judged++;
          expect(Math.abs(Number(one.latenessNs) - late)).toBeLessThan(OVERHEAD);
          expect(timeIn(one, 'unexplained')).toBeLessThanOrEqual(0.05 * Number(one.latenessNs));
          expect(one.cause, `${one.summary} ${JSON.stringify(largestPart(one))}`).toBe(CAUSE[kind]);
        },
      ),
      { numRuns: 12, seed: 20_140_910, endOnFailure: false },
    );
    expect(judged).toBeGreaterThan(4);
  });
});

describe('two stalls in one gap', () => {
  it('both stand in the ledger, the longer one is the cause', async () => {
    const scene = new Scene().calm(4);
    const { sender, router } = scene;
    sender.wake();
    sender.advertise(router);
    sender.sleepIn(LOG_WRITE.type, LOG_WRITE.enter, sender.clock + 0.5 * S, LOG_WRITE.exit);
    sender.arm(router.interval);
    sender.wait();
    compute(scene, 0.9 * S);
    const answer = await scene.calm(4).analyze();
    checkAllLedgers(answer);
    const [one, ...more] = allLate(answer);
    expect(more).toEqual([]);
    expect(one!.cause).toBe('sender-busy');
    expect(Math.abs(Number(one!.latenessNs) - 1.4 * S)).toBeLessThan(3 * MS);
    expect(timeIn(one!, 'blocked')).toBeGreaterThan(0.49 * S);
    expect(timeIn(one!, 'running')).toBeGreaterThan(0.89 * S);
    expect(one!.summary).toContain('blocked-syscall');
  });
});
