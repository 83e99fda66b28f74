import type { AnswerReport } from '../../model/report.js';
import { formatZone } from '../format.js';

/** 2^28: the part of a time that is kept apart, so that a sum of both parts stays exact as a number. */
export const LOW_BITS = 0x1000_0000;

/** A time (ns) in two parts: `high` * 2^28 + `low`. */
export interface SplitTime {
  readonly high: number;
  readonly low: number;
}

/** The time axis of a trace. */
export interface Axis {
  /** What the axis begins with (ns), as the trace has it; never below zero. */
  readonly startNs: bigint;
  readonly start: SplitTime;
  /** Whether times are since 1970; else they are of a clock that knows no date. */
  readonly isDated: boolean;
  /** A reference time (ns, as the answer has it) as ns after the axis' beginning. */
  toOffset(ns: string | bigint): number;
}

const listTimes = ({ answer, pictures }: AnswerReport): string[] => [
  ...pictures.map(({ fromNs }) => fromNs),
  ...answer.instances.flatMap(({ late, takeovers }) => [
    ...takeovers.map(({ atNs }) => atNs),
    ...late.flatMap(({ previousNs, ledger }) => [previousNs, ...ledger.map(({ fromNs }) => fromNs)]),
  ]),
];

/**
 * The axis on which everything of a report has a place. Times are the reference clock's; where that one counts from somewhere
 * else than 1970 and goes below zero, which a trace cannot say, everything is moved to begin at zero.
 */
export const makeAxis = (report: AnswerReport): Axis => {
  const times = listTimes(report).map(BigInt);
  const first = times.reduce((a, b) => (b < a ? b : a), times[0] ?? 0n);
  const startNs = first < 0n ? 0n : first;
  return {
    startNs,
    start: { high: Number(startNs / BigInt(LOW_BITS)), low: Number(startNs % BigInt(LOW_BITS)) },
    isDated: formatZone(first, 'utc') === 'UTC',
    toOffset: (ns) => Number(BigInt(ns) - first),
  };
};
