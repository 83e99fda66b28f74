import type { Columns } from '../trace/columns.js';
import type { Shape } from './shape.js';

/** A scanner may look this far behind the last line it is given. */
export const MARGIN = 64;

/** What a scan met besides events. */
export interface ScanCounts {
  carriageReturns: number;
  noCpu: number;
  noThread: number;
  noDirection: number;
}

export const startCounts = (): ScanCounts => ({ carriageReturns: 0, noCpu: 0, noThread: 0, noDirection: 0 });

/**
 * Reads rows of one shape from bytes into columns without making a string or an object per row. It stops at the first
 * row that is not of its shape, or in which anything needs a second look; that row is untouched.
 */
export interface RowScanner {
  /** Since the start; the reader sets them back. */
  counts: ScanCounts;
  /** Read rows of this shape from now on. */
  use(shape: Shape): void;
  /**
   * Read the lines in [from, to), each with its line feed, until one does not fit or the columns are full.
   *
   * @param bytes at least {@link MARGIN} longer than `to`
   * @param line number of the first line
   * @returns where it stopped: `to`, or the beginning of a line
   */
  scan(bytes: Buffer, from: number, to: number, line: number, columns: Columns): number;
}
