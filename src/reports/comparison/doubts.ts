import type { Comparison, Confounder, RunOrder } from '../../model/comparison.js';
import { formatCount, formatCounted, formatProbability } from '../format.js';
import type { Block, Pieces, Telling } from './document.js';
import { heading, item, joinPieces, paragraph, quote, say } from './document.js';
import { tellValue } from './values.js';

/** Confounders listed with their values; the others are listed by name. */
const WITH_VALUES = 20;

const joinNames = (names: readonly string[], between: string, style: 'plain' | 'heading' = 'plain'): Pieces =>
  names.flatMap((name, index) => [...(index === 0 ? [] : [say(between, style)]), quote(name, style)]);

/** `6.1.0 in A; 5.10.0 in B and C` */
const tellValues = ({ values }: Confounder, { label }: Telling): Pieces => {
  const groupsOf = new Map<string, { value: Pieces; groups: string[] }>();
  for (const { group, value } of values) {
    const key = JSON.stringify(value);
    const entry = groupsOf.get(key) ?? { value: tellValue(value), groups: [] };
    entry.groups.push(label(group));
    groupsOf.set(key, entry);
  }
  return joinPieces(
    [...groupsOf.values()].map(({ value, groups }) => [...value, say(' in '), ...joinNames(groups, ', ')]),
    '; ',
  );
};

const buildConfounders = ({ by, confounders }: Comparison, telling: Telling): Block[] => {
  if (confounders.length === 0)
    return [paragraph('No other setting is the same within each group and different between them.')];
  const listed = telling.all ? confounders : confounders.slice(0, WITH_VALUES);
  const others = confounders.slice(listed.length);
  return [
    paragraph([say('Also differs with '), ...joinNames(by, ' and '), say(': the effect may be theirs.')]),
    ...listed.map((confounder) =>
      item([quote(confounder.name, 'warn'), say(': '), ...tellValues(confounder, telling)]),
    ),
    ...(others.length === 0
      ? []
      : [
          paragraph([
            say(`…and ${formatCount(others.length)} more${telling.hint}: `),
            ...joinNames(
              others.map(({ name }) => name),
              ', ',
            ),
          ]),
        ]),
  ];
};

const buildDifferingWithin = ({ differingWithinGroups }: Comparison, { all, hint }: Telling): Block[] => {
  const count = differingWithinGroups.length;
  if (count === 0) return [];
  const told = `${formatCounted(count, 'more setting')} ${count === 1 ? 'differs' : 'differ'} within the groups too`;
  return [paragraph(all ? [say(`${told}: `), ...joinNames(differingWithinGroups, ', ')] : `${told}${hint}.`)];
};

const buildOrder = ({ order }: Comparison): Block[] => {
  if (order.summary === null) return [];
  const chance = order.p === null ? '' : `; p ${formatProbability(order.p)} that so few come by chance`;
  return [
    heading('Order of the sessions'),
    paragraph([
      say(order.summary, order.kind === 'unknown' ? 'plain' : 'warn'),
      ...(order.kind === 'unknown'
        ? []
        : [say(` ${formatCounted(order.runs, 'stretch', 'stretches')} of sessions of one group${chance}.`)]),
    ]),
  ];
};

/** What else may be behind a difference: other settings, and the order in which sessions were run. */
export const buildDoubts = (comparison: Comparison, telling: Telling): Block[] =>
  comparison.groups.length < 2
    ? []
    : [
        heading('Other settings'),
        ...buildConfounders(comparison, telling),
        ...buildDifferingWithin(comparison, telling),
        ...buildOrder(comparison),
      ];

const IN_TIME: Readonly<Record<RunOrder['kind'], string | null>> = {
  blocks: 'the groups were run one after the other',
  clustered: 'sessions of one group lie close together in time',
  mixed: null,
  unknown: null,
};

/** The same in one line, for the top of a report. */
export const buildCaution = ({ groups, by, confounders, order }: Comparison): Block[] => {
  if (groups.length < 2) return [];
  const inTime = IN_TIME[order.kind];
  const parts: Pieces[] = [
    ...(confounders.length === 0
      ? []
      : [
          [
            say(
              `${formatCounted(confounders.length, 'other setting')} ${confounders.length === 1 ? 'differs' : 'differ'} with `,
            ),
            ...joinNames(by, ' and '),
            say(' too'),
          ],
        ]),
    ...(inTime === null ? [] : [[say(inTime)]]),
  ];
  return parts.length === 0 ? [] : [paragraph([say('Caution: ', 'warn'), ...joinPieces(parts, '; '), say('.')])];
};
