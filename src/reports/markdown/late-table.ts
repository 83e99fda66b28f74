import { formatCount, formatCulprit, formatDuration, formatInstance, formatShare } from '../format.js';
import { describeMargin } from '../terminal/late-rows.js';
import type { Times } from '../terminal/times.js';
import { chooseWorst, type NumberedLate } from './late-ones.js';
import { writeName, writeTable } from './write.js';

/** Rows of the table. */
const LISTED = 20;

/** The worst late advertisements in order of time: when, how late, margin, cause, culprit. */
export const writeLateTable = (lates: readonly NumberedLate[], times: Times): string => {
  if (lates.length === 0) return '';
  const isOne = new Set(lates.map(({ instance }) => instance)).size === 1;
  const listed = chooseWorst(lates, LISTED).sort((a, b) => a.number - b.number);
  const columns = ['>no.', 'left at', '>late', '>gap', 'margin', 'cause', 'culprit', '>sure'];
  const rows = listed.map(({ number, instance, late }) => [
    String(number),
    times.format(late.sentNs),
    formatDuration(late.latenessNs),
    formatDuration(late.gapNs),
    late.severity === 'takeover' ? `**${describeMargin(late)}**` : describeMargin(late),
    late.cause,
    writeName(formatCulprit(late.culprit)),
    formatShare(late.confidence),
    ...(isOne ? [] : [writeName(formatInstance(instance))]),
  ]);
  const left = lates.length - listed.length;
  const table = writeTable(isOne ? columns : [...columns, 'router'], rows);
  return left > 0 ? `${table}\n\n...and ${formatCount(left)} more; these are the worst` : table;
};
