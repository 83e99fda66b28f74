import type { LateAdvertisement, LedgerEntry } from '../../model/answer.js';
import { formatCounted, formatDuration, formatShare, NOTHING } from '../format.js';
import { describeMargin } from '../terminal/late-rows.js';
import type { Times } from '../terminal/times.js';
import { WHERE_IN_WORDS } from '../vocabulary.js';
import type { NumberedLate } from './late-ones.js';
import { writeCodeBlock, writeList, writeName, writeTable, writeWords } from './write.js';

/** Parts of one ledger, rows of evidence, pieces of advice that are listed. */
const LISTED_PARTS = 10;
const LISTED_EVIDENCE = 10;
const LISTED_ADVICE = 5;

const size = ({ ns }: LedgerEntry): bigint => (BigInt(ns) < 0n ? -BigInt(ns) : BigInt(ns));

/** The longest parts, in time order. */
const chooseParts = (ledger: readonly LedgerEntry[]): readonly LedgerEntry[] => {
  if (ledger.length <= LISTED_PARTS) return ledger;
  const longest = [...ledger].sort((a, b) => (size(a) > size(b) ? -1 : size(a) < size(b) ? 1 : 0));
  const chosen = new Set(longest.slice(0, LISTED_PARTS));
  return ledger.filter((entry) => chosen.has(entry));
};

const writeLedger = ({ ledger, latenessNs }: LateAdvertisement): string => {
  const listed = chooseParts(ledger);
  const lateness = Number(latenessNs);
  const rows = listed.map(({ state, ns, bound, process, syscall, target, cpu }) => {
    const who = [process, syscall, target].filter((part) => part !== null).join(' ');
    return [
      state,
      `${bound === 'up-to' ? 'up to ' : ''}${formatDuration(ns)}`,
      lateness > 0 ? formatShare(Number(ns) / lateness) : NOTHING,
      writeName(who === '' ? null : who),
      cpu === null ? NOTHING : String(cpu),
    ];
  });
  const table = writeTable(['state', '>length', '>share', 'who and what', '>CPU'], rows);
  const others = ledger.filter((entry) => !listed.includes(entry));
  const sum = others.reduce((total, { ns }) => total + BigInt(ns), 0n);
  return others.length === 0
    ? table
    : `${table}\n\n...and ${formatCounted(others.length, 'shorter part')}, ${formatDuration(sum)} together`;
};

const writeEvidence = ({ evidence }: LateAdvertisement, times: Times): string => {
  if (evidence.length === 0) return '';
  const rows = evidence
    .slice(0, LISTED_EVIDENCE)
    .map(({ input, line, ns, text }) => `${times.format(ns)} ${text} [${input}:${line}]`);
  const left = evidence.length - rows.length;
  return writeCodeBlock(left > 0 ? [...rows, `...and ${left} more`] : rows);
};

/** All that is known of one late advertisement; parts of a section, each a block of its own. */
export const writeDetails = ({ number, late }: NumberedLate, times: Times): string[] => [
  `#### No. ${number}: ${writeWords(late.summary, false)}`,
  `Left at ${times.format(late.sentNs)}, ${formatDuration(late.gapNs)} after the one before ` +
    `(measured at ${writeName(late.measuredAt)}): ${formatDuration(late.latenessNs)} late, ${describeMargin(late)}. ` +
    `Cause \`${late.cause}\`, ${WHERE_IN_WORDS[late.where]}; ${formatShare(late.confidence)} sure.`,
  ...(late.ledger.length === 0 ? [] : [writeLedger(late)]),
  ...(late.evidence.length === 0 ? [] : [writeEvidence(late, times)]),
  ...(late.advice.length === 0
    ? []
    : [
        writeList(
          late.advice.map((advice) => writeWords(advice)),
          LISTED_ADVICE,
        ),
      ]),
];
