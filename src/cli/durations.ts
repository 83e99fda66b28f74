import { parseDuration as parse } from '../model/parse-duration.js';
import { UsageError } from './usage-error.js';

/**
 * The ns of a duration given as an argument: `250ms`, `3.5s`, `2m`, `1h`.
 *
 * @throws UsageError when it is none, is finer than 1 ns or longer than 104 days
 */
export const parseDuration = (text: string): number => {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
};
