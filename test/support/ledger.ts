import { expect } from 'vitest';
import type { Answer, LateAdvertisement, LedgerEntry } from '../../src/model/answer.js';

/** The ledger adds up to the lateness to the nanosecond, in time order, without overlaps; only `in-flight` may be below zero. */
export const checkLedger = (late: LateAdvertisement): void => {
  const sum = late.ledger.reduce((total, { ns }) => total + BigInt(ns), 0n);
  expect(String(sum), `sum of the ledger of ${late.id}`).toBe(late.latenessNs);
  let at: bigint | null = null;
  for (const { state, fromNs, toNs, ns } of late.ledger) {
    const from = BigInt(fromNs);
    const to = BigInt(toNs);
    if (at !== null)
      expect(from, `${state} of ${late.id} begins before its predecessor ends`).toBeGreaterThanOrEqual(at);
    expect(to, `${state} of ${late.id} ends before it begins`).toBeGreaterThanOrEqual(from);
    if (state !== 'in-flight') expect(BigInt(ns), `${state} of ${late.id}`).toBeGreaterThanOrEqual(0n);
    at = to;
  }
  for (const { evidence } of late.ledger)
    for (const index of evidence) expect(late.evidence[index], `evidence ${String(index)} of ${late.id}`).toBeDefined();
};

export const checkAllLedgers = (answer: Answer): void => {
  for (const { late } of answer.instances) for (const one of late) checkLedger(one);
};

export const largestPart = (late: LateAdvertisement): LedgerEntry =>
  late.ledger.reduce((a, b) => (BigInt(b.ns) > BigInt(a.ns) ? b : a));

/** ns in parts of these states. */
export const timeIn = (late: LateAdvertisement, ...states: string[]): number =>
  late.ledger.reduce((sum, { state, ns }) => sum + (states.includes(state) ? Number(ns) : 0), 0);
