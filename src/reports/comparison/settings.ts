import type { Comparison, SettingSeparation } from '../../model/comparison.js';
import { formatCount, formatNumber, formatProbability, formatRate } from '../format.js';
import type { Style } from '../terminal/spans.js';
import { MEASURE_IN_WORDS, SEPARATION_IN_WORDS } from '../vocabulary.js';
import type { Block, DocumentColumn, Pieces, Telling } from './document.js';
import { heading, joinPieces, note, paragraph, quote, say, takeFirst } from './document.js';
import { tellValue } from './values.js';

/** Settings listed unless all are asked for. */
const LISTED = 10;

/** Names that go with a setting, and its values, that are listed unless all are asked for. */
const LISTED_NAMES = 2;
const LISTED_VALUES = 6;

const STYLE_OF_VERDICT: Readonly<Record<SettingSeparation['verdict'], Style>> = {
  separates: 'warn',
  'not-shown': 'plain',
  'too-few-sessions': 'dim',
};

const COLUMNS: readonly DocumentColumn[] = [
  { header: say('separation'), align: 'right', before: 'separation ' },
  { header: say('adjusted p'), align: 'right', before: 'p ' },
  { header: say('verdict'), align: 'left' },
  { header: say('setting: values with their late sessions'), align: 'left' },
];

/** `kernel.release (goes with label.arm, machine.id and 2 more)` */
const tellNames = ({ names }: SettingSeparation, telling: Telling): Pieces => {
  const [first = '', ...others] = names;
  if (others.length === 0) return [quote(first)];
  const { listed, left } = takeFirst(others, LISTED_NAMES, telling);
  return [
    quote(first),
    say(' (goes with '),
    ...joinPieces(
      listed.map((name) => [quote(name)]),
      ', ',
    ),
    say(left > 0 ? ` and ${formatCount(left)} more)` : ')'),
  ];
};

/** `0 (5 of 5 sessions late, 1.3 % of gaps), 50 (1 of 5, 0.0056 %)` */
const tellValues = ({ values }: SettingSeparation, telling: Telling): Pieces => {
  const { listed, left } = takeFirst(values, LISTED_VALUES, telling);
  const parts = listed.map(({ value, sessions, sessionsWithLate, gaps, late }, index): Pieces => {
    const [ofSessions, ofGaps] = index === 0 ? [' sessions late', ' of gaps'] : ['', ''];
    const rate = late === 0 || gaps === 0 ? '' : `, ${formatRate(late / gaps)}${ofGaps}`;
    const count = sessionsWithLate === 0 ? 'none' : formatCount(sessionsWithLate);
    return [...tellValue(value), say(` (${count} of ${formatCount(sessions)}${ofSessions}${rate})`)];
  });
  return [...joinPieces(parts, ', '), ...(left > 0 ? [say(` and ${formatCount(left)} more values`)] : [])];
};

/** The settings by which sessions differ, those that tell late sessions from punctual ones best first. */
export const buildSettings = ({ by, settings }: Comparison, telling: Telling): Block[] => {
  if (by.length > 0 && settings.length === 0) return [];
  const { listed, left } = takeFirst(settings, LISTED, telling);
  const measures = [...new Set(listed.map(({ measure }) => MEASURE_IN_WORDS[measure]))];
  const title = heading('Settings that separate late from punctual sessions');
  if (settings.length === 0) return [title, paragraph('No setting differs between the sessions.')];
  return [
    title,
    {
      kind: 'table',
      columns: COLUMNS,
      rows: listed.map((setting) => [
        [say(formatNumber(setting.separation))],
        [say(formatProbability(setting.adjustedP))],
        [say(SEPARATION_IN_WORDS[setting.verdict], STYLE_OF_VERDICT[setting.verdict])],
        [...tellNames(setting, telling), say(': '), ...tellValues(setting, telling)],
      ]),
    },
    ...(left > 0 ? [paragraph(`…and ${formatCount(left)} more${telling.hint}`)] : []),
    note(`separation from 0 (none) to 1 (whole): ${measures.join(', ')}; p adjusted over all settings (Holm)`),
  ];
};
