import type { Answer, AnswerInstance, LateAdvertisement } from '../../model/answer.js';

/** A late advertisement with the number a report calls it by, and whose it is. */
export interface NumberedLate {
  readonly number: number;
  readonly instance: AnswerInstance;
  readonly late: LateAdvertisement;
}

/** All late advertisements, numbered in the order of the answer, as the terminal's report has them. */
export const numberLate = ({ instances }: Answer): NumberedLate[] =>
  instances
    .flatMap((instance) => instance.late.map((late) => ({ instance, late })))
    .map((entry, index) => ({ number: index + 1, ...entry }));

/** The latest of them, the worst first. */
export const chooseWorst = (lates: readonly NumberedLate[], limit: number): NumberedLate[] =>
  lates
    .map((entry) => ({ entry, lateness: BigInt(entry.late.latenessNs) }))
    .sort((a, b) => (a.lateness > b.lateness ? -1 : a.lateness < b.lateness ? 1 : a.entry.number - b.entry.number))
    .slice(0, limit)
    .map(({ entry }) => entry);
