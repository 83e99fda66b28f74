import { expect } from 'vitest';
import type { Answer, LateAdvertisement } from '../../../src/model/answer.js';
import { checkLedger, largestPart } from '../../support/ledger.js';
import { causeOf, describeCulprit, expectedCulprit, findLateOf, type Fault } from '../../support/recordings.js';
import type { InjectedFault, Lab } from './lab.js';

/** What reading the wall clock to the millisecond and starting a program on a busy machine take (ns). */
const SLACK = 150_000_000n;

const lateOf = (answer: Answer, { sender }: Lab): readonly LateAdvertisement[] => {
  const instance = answer.instances.find(({ source }) => source === sender.address);
  if (!instance) throw new Error(`no router ${sender.address} in the answer`);
  return instance.late;
};

const isWithin = (ns: string, { start_ns: start, end_ns: end }: Fault): boolean =>
  BigInt(ns) > BigInt(start) - SLACK && BigInt(ns) < BigInt(end) + SLACK;

/** A fault made an advertisement late, and the answer says how, by whom, and when. */
export const expectBlamed = (answer: Answer, lab: Lab, fault: InjectedFault): LateAdvertisement => {
  const late = findLateOf(fault, lateOf(answer, lab));
  if (!late) throw new Error(`nothing was late for ${fault.how}`);
  checkLedger(late);
  const told = `${fault.how}: ${late.summary}`;
  expect(late.cause, told).toBe(causeOf(fault));
  expect(describeCulprit(late, fault), told).toBe(expectedCulprit(fault));
  expect(isWithin(largestPart(late).fromNs, fault), `${told}: its largest part begins in the fault's time`).toBe(true);
  return late;
};

/** Nothing was late but what faults made late. */
export const expectNothingElse = (answer: Answer, lab: Lab, faults: readonly Fault[]): void => {
  const others = lateOf(answer, lab).filter(
    ({ previousNs, sentNs }) =>
      !faults.some(
        ({ start_ns: start, end_ns: end }) =>
          BigInt(sentNs) > BigInt(start) - SLACK && BigInt(previousNs) < BigInt(end) + SLACK,
      ),
  );
  expect(others.map(({ summary }) => summary)).toEqual([]);
};
