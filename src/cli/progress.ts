import type { AnalyzeProgress } from '../model/request.js';
import { formatBytes, formatCount } from '../reports/format.js';
import type { World } from './world.js';

/** Redraws per second are kept low: a terminal over a slow line is read by people, too. */
const REDRAW_EVERY_MS = 200;

const ERASE_LINE = '\r\u001b[K';

/** A line on stderr that tells how far the analysis is. */
export interface ProgressLine {
  /** @param before what stands in front of it */
  show(progress: AnalyzeProgress, before?: string): void;
  clear(): void;
}

/** A progress line where stderr is a terminal, else one that writes nothing. */
export const openProgress = (world: World, now: () => number = Date.now): ProgressLine => {
  if (world.stderr.isTTY !== true || world.env['TERM'] === 'dumb') {
    return { show: () => undefined, clear: () => undefined };
  }
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const write = (text: string): void => {
    world.stderr.write(text, () => undefined);
  };
  return {
    show: ({ bytes, events }, before = 'reading') => {
      if (now() - drawnAt < REDRAW_EVERY_MS) return;
      drawnAt = now();
      drawn = true;
      const text = `${before}: ${formatBytes(bytes)}, ${formatCount(events)} events`;
      write(ERASE_LINE + text.slice(0, (world.stderr.columns ?? 80) - 1));
    },
    clear: () => {
      if (drawn) write(ERASE_LINE);
      drawn = false;
    },
  };
};
