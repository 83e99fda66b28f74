import type { ComparedGroup, Comparison } from '../../model/comparison.js';
import { formatCount, formatCounted, formatCulprit, formatDuration, NOTHING } from '../format.js';
import type { Block, DocumentColumn, Piece, Telling } from './document.js';
import { heading, paragraph, quote, say, takeFirst } from './document.js';

/** Culprits listed of a group. */
const LISTED = 5;

const COLUMNS: readonly DocumentColumn[] = [
  { header: say('late'), align: 'right', after: ' late' },
  { header: say('sessions'), align: 'right', before: 'in ', after: ' of its sessions' },
  { header: say('lateness'), align: 'right', after: ' together' },
  { header: say('cause'), align: 'left' },
  { header: say('culprit'), align: 'left' },
];

/** As a culprit of many late advertisements is one of any process id. */
const ANY = { pid: null, tid: null, parent: null, cgroup: null };

const tellCulprit = (culprit: string): Piece => (culprit === NOTHING ? say(NOTHING) : quote(culprit));

const buildCulpritsOf = ({ name, culprits }: ComparedGroup, telling: Telling): Block[] => {
  const { listed, left } = takeFirst(culprits, LISTED, telling);
  return [
    heading([say('Culprits: ', 'heading'), quote(telling.label(name), 'heading')]),
    {
      kind: 'table',
      columns: COLUMNS,
      rows: listed.map(({ cause, process, syscall, target, late, sessions, ns }) => [
        [say(formatCount(late))],
        [say(formatCount(sessions))],
        [say(formatDuration(ns))],
        [say(cause)],
        [tellCulprit(formatCulprit({ ...ANY, process, syscall, target }))],
      ]),
    },
    ...(left > 0 ? [paragraph(`…and ${formatCounted(left, 'more', 'more')}${telling.hint}`)] : []),
  ];
};

/** Who is to blame in each group, the most often first. */
export const buildCulprits = ({ groups }: Comparison, telling: Telling): Block[] =>
  groups.filter(({ culprits }) => culprits.length > 0).flatMap((group) => buildCulpritsOf(group, telling));
