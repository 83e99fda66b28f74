import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDuration } from '../../model/parse-duration.js';
import { exists } from '../folder/files.js';
import type { Outcome, SessionJson } from '../folder/session-json.js';
import { keepSpan } from './keep-span.js';
import { beginLate } from './late-folder.js';
import { listRing, RING } from './ring-parts.js';

/** After these the end of what was recorded may be wanted: nobody asked for it. */
const UNWANTED: ReadonlySet<Outcome> = new Set(['killed', 'tool-ended', 'disk-full', 'failed']);
const END = 'end';

/**
 * What a flight recorder leaves when it was cut off: the ring's last seconds, as a session folder `end`.
 *
 * @param flight its session.json
 * @returns that folder, which is to be finished; null where there is none
 */
export const keepEnd = async (folder: string, flight: SessionJson): Promise<string | null> => {
  const target = join(folder, END);
  if (await exists(target)) return target;
  const parts = await listRing(folder);
  if (!UNWANTED.has(flight.outcome) || parts.length === 0) return null;
  const toMs = Math.max(...parts.map((part) => part.toMs));
  const fromMs = toMs - (2 * keepOf(flight)) / 1e6;
  await keepSpan(folder, target, beginLate(flight, END, flight.outcome, []), { fromMs, toMs }, []);
  return target;
};

/** What nobody wants any more. */
export const dropRing = (folder: string): Promise<void> => rm(join(folder, RING), { recursive: true, force: true });

const keepOf = ({ script }: SessionJson): number => {
  const { flight } = script as { flight?: { keep?: string } };
  return parseDuration(flight?.keep ?? '30s');
};
