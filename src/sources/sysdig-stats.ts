import type { Loss } from '../model/advertisement.js';

/**
 * How much a trace lost, from the closing statistics of `sysdig -v`. Events include the dropped ones; the last statement
 * counts where there are several.
 *
 * @returns a loss that is not known where the text has no such statement: that is not the same as none
 */
export const parseSysdigStats = (text: string): Loss => {
  const offered = lastNumber(text, /^\s*Driver Events:\s*(\d+)/gm);
  const dropped = lastNumber(text, /^\s*Driver Drops:\s*(\d+)/gm);
  if (dropped === null) return { known: false, dropped: 0 };
  return offered === null ? { known: true, dropped } : { known: true, dropped, offered };
};

const lastNumber = (text: string, pattern: RegExp): number | null => {
  const digits = [...text.matchAll(pattern)].at(-1)?.[1];
  return digits === undefined ? null : Number(digits);
};
