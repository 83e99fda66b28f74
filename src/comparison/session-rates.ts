import type { SessionFigures, SessionToCompare } from '../model/session-figures.js';
import { unpackLateness } from './lateness.js';

/** Late ones among a session's gaps; null without gaps. */
export const lateRateOf = ({ figures }: SessionToCompare): number | null =>
  figures.gaps === 0 ? null : figures.late / figures.gaps;

/** Gaps that reached the master-down interval among a session's gaps; null without gaps. */
export const takeoverRateOf = ({ figures }: SessionToCompare): number | null =>
  figures.gaps === 0 ? null : figures.pastMasterDown / figures.gaps;

const unpacked = new WeakMap<SessionFigures, Float64Array>();

/** The lateness of a session's gaps (ns), sorted; empty where its figures are not legible. */
export const latenessOf = ({ figures }: SessionToCompare): Float64Array => {
  const known = unpacked.get(figures);
  if (known) return known;
  const lateness = unpackLateness(figures.lateness) ?? new Float64Array(0);
  unpacked.set(figures, lateness);
  return lateness;
};
