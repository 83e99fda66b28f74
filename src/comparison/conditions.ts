import type { ComparedGroup, Estimate } from '../model/comparison.js';
import { parseDuration } from '../model/parse-duration.js';

const OPERATORS = {
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
} as const;

type Operator = keyof typeof OPERATORS;

const of =
  (bound: keyof Pick<Estimate, 'value' | 'lower' | 'upper'>, rate: keyof ComparedGroup['rates']) =>
  ({ rates }: ComparedGroup): number | null =>
    rates[rate][bound];

const RATES = ['late_rate', 'late_per_hour', 'takeover_rate', 'takeovers_per_hour', 'late_session_rate'] as const;

const lateness =
  (quantile: 'p50' | 'p99' | 'p999' | 'max') =>
  ({ latenessNs }: ComparedGroup): number | null =>
    latenessNs === null ? null : Number(latenessNs[quantile]);

const NS_PER_HOUR = 3_600_000_000_000;

/** What a condition can be about, by name: from a group to its figure. */
const FIGURES: ReadonlyMap<string, (group: ComparedGroup) => number | null> = new Map([
  ...RATES.flatMap((rate): [string, (group: ComparedGroup) => number | null][] => [
    [rate, of('value', rate)],
    [`${rate}.lower`, of('lower', rate)],
    [`${rate}.upper`, of('upper', rate)],
  ]),
  ['p50', lateness('p50')],
  ['p99', lateness('p99')],
  ['p999', lateness('p999')],
  ['max', lateness('max')],
  ['late', ({ late }: ComparedGroup) => late],
  ['takeovers', ({ pastMasterDown }: ComparedGroup) => pastMasterDown],
  ['sessions', ({ sessions }: ComparedGroup) => sessions],
  ['gaps', ({ gaps }: ComparedGroup) => gaps],
  ['hours', ({ recordedNs }: ComparedGroup) => Number(recordedNs) / NS_PER_HOUR],
]);

/** Figures that are lengths: what they are held against is a duration. */
const LENGTHS: ReadonlySet<string> = new Set(['p50', 'p99', 'p999', 'max']);

/** A condition on the figures of a group, as `late_rate > 1%` or `p99 > 5ms`. */
export interface Condition {
  readonly text: string;
  readonly figure: string;
  readonly operator: Operator;
  /** In the figure's own unit; lengths in ns. */
  readonly limit: number;
}

/** The names a condition may begin with. */
export const listConditionFigures = (): string[] => [...FIGURES.keys()];

/**
 * Read a condition: a figure, one of `> >= < <=`, and a number, a percentage or, for a length, a duration.
 *
 * @throws RangeError saying what is wrong
 */
export const parseCondition = (text: string): Condition => {
  const match = /^\s*([a-z0-9_.]+)\s*(>=|<=|>|<)\s*(\S+)\s*$/.exec(text);
  if (!match) throw new RangeError("write a figure, >, >=, < or <=, and a limit, such as 'late_rate > 0.01'");
  const [, figure = '', operator = '', written = ''] = match;
  if (!FIGURES.has(figure)) throw new RangeError(`no such figure; there are ${listConditionFigures().join(', ')}`);
  const limit = LENGTHS.has(figure) ? parseDuration(written) : parseNumber(written);
  return { text: text.trim(), figure, operator: operator as Operator, limit };
};

const parseNumber = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)(%?)$/i.exec(text);
  if (!match) throw new RangeError('the limit is no number; write one such as 0.01 or 1%');
  return Number(match[1]) / (match[2] === '%' ? 100 : 1);
};

/** @returns whether a group meets a condition; null where the group has no such figure */
export const meets = (group: ComparedGroup, { figure, operator, limit }: Condition): boolean | null => {
  const value = FIGURES.get(figure)?.(group) ?? null;
  return value === null ? null : OPERATORS[operator](value, limit);
};
