import type { Estimate } from '../../model/comparison.js';
import { formatNumber, formatRate, formatSigned, formatSignedNs, formatNs, NOTHING } from '../format.js';

/** What stands for an interval that there are too few sessions for; a note or sentence says so in full. */
export const NO_INTERVAL = 'no interval';

export const NO_INTERVAL_IN_FULL = 'too few sessions for an interval';

/** `0.80 to 1.9 %`: a unit that both have is said once. */
const describeRange = (lower: string, upper: string): string => {
  const [number = '', unit, ...more] = lower.split(' ');
  const isShared = unit !== undefined && more.length === 0 && upper.split(' ').slice(1).join(' ') === unit;
  return `${isShared ? number : lower} to ${upper}`;
};

const describeInterval = (
  { lower, upper, method }: Estimate,
  format: (value: number) => string,
  withoutInterval: string,
): string => {
  if (lower !== null && upper !== null) return ` (${describeRange(format(lower), format(upper))})`;
  if (lower !== null) return ` (at least ${format(lower)})`;
  if (upper !== null) return ` (at most ${format(upper)})`;
  return method === 'none' ? ` (${withoutInterval})` : '';
};

interface Wording {
  readonly format: (value: number) => string;
  readonly confidence: number;
  readonly inFull?: boolean;
}

/** A figure with its interval: `1.2 s (0.8 to 1.9 s)`; where nothing was seen its bound: `below 3.2 s (95 %)`. */
const describeEstimate = (estimate: Estimate, { format, confidence, inFull = false }: Wording): string => {
  const { value, lower, upper, method } = estimate;
  const sure = formatRate(confidence);
  if (method === 'rule-of-three') return upper === null ? 'none' : `below ${format(upper)} (${sure})`;
  if (value !== null)
    return `${format(value)}${describeInterval(estimate, format, inFull ? NO_INTERVAL_IN_FULL : NO_INTERVAL)}`;
  if (lower !== null && upper !== null) return describeRange(format(lower), format(upper));
  if (lower !== null) return `at least ${format(lower)} (${sure})`;
  return upper === null ? NOTHING : `at most ${format(upper)} (${sure})`;
};

/** A share: `1.2 % (0.80 to 1.9 %)`, `below 0.017 % (95 %)`; never `0 %` where none was seen. */
export const describeRate = (estimate: Estimate, confidence: number): string => {
  const { value, upper, method } = estimate;
  if (value !== 0 || method === 'rule-of-three') return describeEstimate(estimate, { format: formatRate, confidence });
  if (upper === null || upper === 0) return method === 'none' ? `none (${NO_INTERVAL})` : 'none';
  return `none (at most ${formatRate(upper)})`;
};

/** What follows a count that is a share of others: ` (5.3 to 85 %)`, `: below 45 % (95 %)`. */
export const describeShareInterval = (estimate: Estimate, confidence: number): string =>
  estimate.method === 'rule-of-three' && estimate.upper !== null
    ? `: ${describeEstimate(estimate, { format: formatRate, confidence })}`
    : describeInterval(estimate, formatRate, NO_INTERVAL);

/** A number an hour: `43 an hour (30 to 61)`, `below 0.60 an hour (95 %)`. */
export const describePerHour = (estimate: Estimate, confidence: number): string => {
  const { value, upper, method } = estimate;
  if (method === 'rule-of-three')
    return upper === null ? 'none' : `below ${formatNumber(upper)} an hour (${formatRate(confidence)})`;
  if (value === null) return NOTHING;
  return `${formatNumber(value)} an hour${describeInterval(estimate, formatNumber, NO_INTERVAL)}`;
};

/** Time an hour, in ns: `1.2 s (800 ms to 1.9 s)`. */
export const describeTime = (estimate: Estimate, confidence: number): string =>
  describeEstimate(estimate, { format: formatNs, confidence });

/** More or less time an hour, in ns: `+1.2 s (-300 ms to +2.6 s)`. */
export const describeTimeDifference = (estimate: Estimate, confidence: number): string =>
  describeEstimate(estimate, { format: formatSignedNs, confidence });

/** A difference of rates: `+1.2 percentage points (+0.80 to +1.6)`. */
export const describeDifference = (estimate: Estimate): string => {
  if (estimate.value === null) return NOTHING;
  const format = (value: number): string => formatSigned(value * 100);
  return `${format(estimate.value)} percentage points${describeInterval(estimate, format, NO_INTERVAL_IN_FULL)}`;
};

/** One rate by the other: `11 times the rate (5.0 to 21)`. */
export const describeRatio = (estimate: Estimate, confidence: number): string => {
  const { value, lower } = estimate;
  if (value !== null)
    return `${formatNumber(value)} times the rate${describeInterval(estimate, formatNumber, NO_INTERVAL_IN_FULL)}`;
  return lower === null ? NOTHING : `at least ${formatNumber(lower)} times the rate (${formatRate(confidence)})`;
};

/** Sizes of Cliff's delta, after Romano et al. 2006. */
const EFFECTS: readonly { readonly below: number; readonly name: string }[] = [
  { below: 0.147, name: 'negligible' },
  { below: 0.33, name: 'small' },
  { below: 0.474, name: 'medium' },
];

/** Cliff's delta in words. */
export const nameEffect = (delta: number): string =>
  EFFECTS.find(({ below }) => Math.abs(delta) < below)?.name ?? 'large';

/** Cliff's delta: `large: +0.92 (+0.60 to +1.0)`. */
export const describeDelta = (estimate: Estimate, confidence: number): string =>
  estimate.value === null
    ? NOTHING
    : `${nameEffect(estimate.value)}: ${describeEstimate(estimate, { format: formatSigned, confidence })}`;
