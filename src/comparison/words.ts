import type { ComparedGroup, ComparedPair, Estimate, SettingSeparation } from '../model/comparison.js';
import { formatCount, formatNumber, formatRate } from '../model/numbers.js';
import { nameValue } from './groups.js';

const HOUR_NS = 3_600_000_000_000;

const times = (ratio: number): string => (ratio === 2 ? 'twice' : `${formatNumber(ratio)} times`);

/** `; 95 %: 2.1 to 14 times`. */
const describeTimes = ({ lower, upper }: Estimate, confidence: number): string => {
  if (lower !== null && upper !== null) return `; ${formatRate(confidence)}: ${formatNumber(lower)} to ${times(upper)}`;
  if (lower !== null) return `; ${formatRate(confidence)}: at least ${times(lower)}`;
  return '';
};

/** `1.2 %`, `none of 3,600`. */
const describeRate = ({ late, gaps, rates }: ComparedGroup): string =>
  late === 0 ? `none of ${formatCount(gaps)}` : formatRate(rates.late_rate.value ?? 0);

const counted = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;

/** The most of the difference that one cause makes, where it makes half of it or more. */
const leadingCause = ({ causes }: Pick<ComparedPair, 'causes'>, sign: number): string | null => {
  const sizes = causes.map(({ cause, nsPerHour }) => ({ cause, size: sign * (nsPerHour.value ?? 0) }));
  const whole = sizes.reduce((sum, { size }) => sum + Math.max(0, size), 0);
  const first = sizes.reduce<(typeof sizes)[number] | null>((a, b) => (a === null || b.size > a.size ? b : a), null);
  return first !== null && first.size > 0 && first.size >= whole / 2 ? first.cause : null;
};

/** The sentence of a pair. */
export const summarisePair = (
  pair: Omit<ComparedPair, 'summary'>,
  a: ComparedGroup,
  b: ComparedGroup,
  confidence: number,
): string => {
  const own =
    b.late === 0 ? `none of its ${formatCount(b.gaps)} advertisements` : `${describeRate(b)} of its advertisements`;
  const rates = `${own} against ${describeRate(a)}`;
  switch (pair.verdict) {
    case 'worse':
    case 'better': {
      const isWorse = pair.verdict === 'worse';
      const ratio =
        pair.ratio.value === null || pair.ratio.value === 0
          ? ''
          : ` (${times(pair.ratio.value)}${describeTimes(pair.ratio, confidence)})`;
      const cause = leadingCause(pair, isWorse ? 1 : -1);
      const through = cause === null ? '' : isWorse ? `, mostly through ${cause}` : `, mostly by less ${cause}`;
      return `${b.name} is late ${isWorse ? 'more' : 'less'} often than ${a.name}: ${rates}${ratio}${through}.`;
    }
    case 'none-late': {
      const bounds = [a, b].map(({ name, rates: { late_per_hour: rate } }) =>
        rate.upper === null ? name : `${name} below ${formatNumber(rate.upper)} an hour`,
      );
      return `Nothing was late in ${a.name} or ${b.name} (${formatRate(confidence)}: ${bounds.join(', ')}).`;
    }
    case 'no-difference-found':
      return (
        `No difference between ${a.name} and ${b.name} was found (${rates}); ` +
        `${times(pair.power.ratio)} the rate would have been found with probability ${formatNumber(pair.power.reached ?? 0)}.`
      );
    case 'too-few-sessions':
      return `Too few sessions to tell ${b.name} from ${a.name} (${rates})${describeNeed(pair, a, b)}.`;
  }
};

const describeNeed = (
  { power: { ratio, sessionsNeeded } }: Pick<ComparedPair, 'power'>,
  a: ComparedGroup,
  b: ComparedGroup,
): string => {
  if (sessionsNeeded === null) return '';
  const there = `there are ${formatCount(a.sessions)} and ${formatCount(b.sessions)}`;
  return `; ${counted(sessionsNeeded, 'session')} of each would most likely show ${times(ratio)} the rate, ${there}`;
};

/** What a comparison of groups comes to. */
export const summariseGroups = (pairs: readonly ComparedPair[], groups: readonly ComparedGroup[]): string => {
  const [only] = pairs;
  if (groups.length < 2)
    return `All sessions are of one group, ${groups[0]?.name ?? 'none'}: there is nothing to compare it with.`;
  if (only && pairs.length === 1) return only.summary;
  const shown = pairs.filter(({ verdict }) => verdict === 'worse' || verdict === 'better');
  const open = pairs.filter(({ verdict }) => verdict === 'too-few-sessions').length;
  const unsure = open === 0 ? '' : ` Of ${counted(open, 'pair')} there are too few sessions to tell.`;
  if (shown.length === 0) return `No two of the ${formatCount(groups.length)} groups were shown to differ.${unsure}`;
  return `${formatCount(shown.length)} of ${counted(pairs.length, 'pair')} differ: ${shown.map(({ summary }) => summary).join(' ')}${unsure}`;
};

/** What sessions that were not grouped come to. */
export const summariseSettings = (all: ComparedGroup, settings: readonly SettingSeparation[]): string => {
  const late =
    all.late === 0
      ? `Nothing was late in ${counted(all.sessions, 'session')} (${formatNumber(Number(all.recordedNs) / HOUR_NS)} h).`
      : `${formatCount(all.sessionsWithLate)} of ${counted(all.sessions, 'session')} had late advertisements.`;
  if (all.late === 0) return late;
  if (settings.length === 0) return `${late} No setting differs between them that could tell why.`;
  const separating = settings.filter(({ verdict }) => verdict === 'separates');
  const [best] = separating;
  if (best) {
    const values = best.values
      .map(
        ({ value, sessions, sessionsWithLate }) =>
          `${nameValue(value)}: ${String(sessionsWithLate)} of ${String(sessions)}`,
      )
      .join(', ');
    const others = best.names.length === 1 ? '' : ` (${counted(best.names.length - 1, 'other setting')} with it)`;
    return `${late} ${best.names[0] ?? ''}${others} tells late sessions from punctual ones best: ${values}.`;
  }
  return settings.every(({ verdict }) => verdict === 'too-few-sessions')
    ? `${late} There are too few of them to tell which of the settings that differ matters.`
    : `${late} None of the settings that differ was shown to tell late sessions from punctual ones.`;
};
