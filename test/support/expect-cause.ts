import { expect } from 'vitest';
import type { Answer, Cause, LateAdvertisement, LedgerState, Where } from '../../src/model/answer.js';
import { checkAllLedgers, timeIn } from './ledger.js';
import { allLate, MS, type Scene, type SceneOptions } from './scene.js';

/** The answer a constructed trouble must get. */
export interface Expected {
  readonly cause: Cause;
  readonly where: Where;
  /** Parts of the ledger that hold the trouble. */
  readonly states: readonly LedgerState[];
  /** ns, within `slack`. */
  readonly lateness: number;
  readonly slack?: number;
  /** null: nobody; else what must be so. */
  readonly culprit: null | {
    readonly process?: string;
    readonly tid?: number;
    readonly syscall?: string;
    readonly target?: string;
  };
}

/** Exactly one late advertisement, for this reason; its trouble makes up nearly the whole ledger. */
export const expectOneLate = (answer: Answer, expected: Expected, label = ''): LateAdvertisement => {
  checkAllLedgers(answer);
  const late = allLate(answer);
  expect(
    late.map(({ id, cause, latenessNs }) => `${id} ${cause} ${latenessNs}`),
    label,
  ).toHaveLength(1);
  const [one] = late;
  if (!one) throw new Error('unreachable');
  expect(`${one.where} ${one.cause}`, `${label} ${one.summary}`).toBe(`${expected.where} ${expected.cause}`);
  expect(Math.abs(Number(one.latenessNs) - expected.lateness), `${label} lateness ${one.latenessNs}`).toBeLessThan(
    expected.slack ?? 2 * MS,
  );
  expect(timeIn(one, ...expected.states), `${label} ${JSON.stringify(one.ledger)}`).toBeGreaterThan(
    0.9 * Number(one.latenessNs),
  );
  if (expected.culprit === null) expect(one.culprit?.process ?? null, label).toBeNull();
  else expect(one.culprit, `${label} ${one.summary}`).toMatchObject(expected.culprit);
  return one;
};

/** The same from the trace with captures, with the far one alone, and from the trace alone. */
export const expectEverywhere = async (
  make: () => Scene,
  expected: Expected,
  places: readonly NonNullable<SceneOptions['captures']>[] = ['both', 'far', 'none'],
): Promise<void> => {
  for (const captures of places) {
    const answer = await make().analyze({ captures });
    expectOneLate(answer, expected, `captures: ${captures}:`);
  }
};
