import { UsageError } from './usage-error.js';

/**
 * A whole number given as an argument.
 *
 * @throws UsageError when it is none, or not from `from` to `to`
 */
export const parseWhole = (text: string, from: number, to: number): number => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) throw new UsageError(`write a whole number from ${from} to ${to}`);
  return value;
};

/** @throws UsageError for the empty text, which no file is called */
export const parsePath = (text: string): string => {
  if (text === '') throw new UsageError('empty; write the path of a file');
  return text;
};
