import type { Answer, AnswerInput, AnswerInstance, Cause, LateAdvertisement } from '../../model/answer.js';
import { WHERE_OF_CAUSE } from '../../model/causes.js';
import { formatCount, formatCounted, formatCulprit, formatDuration, formatInstance, NOTHING } from '../format.js';
import type { Times } from '../terminal/times.js';
import { WHERE_IN_WORDS } from '../vocabulary.js';
import { writeList, writeName, writeTable } from './write.js';

/** Routers that are listed. */
const LISTED = 20;

const longestOf = (values: readonly string[]): bigint =>
  values.reduce((most, value) => (BigInt(value) > most ? BigInt(value) : most), 0n);

const tellNone = (instances: readonly AnswerInstance[], advertisements: number): string => {
  const longest = longestOf(
    instances.flatMap(({ points }) => points.flatMap(({ gapsNs }) => (gapsNs === null ? [] : [gapsNs.max]))),
  );
  const gap = longest === 0n ? '' : ` The longest gap was ${formatDuration(longest)}.`;
  return `**No advertisement was late**, of ${formatCount(advertisements)} that were looked at.${gap}`;
};

/** The cause of most, the first in the order of the answer where two have as many. */
const tellCause = (lates: readonly LateAdvertisement[]): string => {
  const counts = new Map<Cause, number>();
  for (const { cause } of lates) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const [cause, count] = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  const culprits = new Map<string, number>();
  for (const { cause: other, culprit } of lates) {
    if (other !== cause || culprit === null || culprit.process === null) continue;
    const named = formatCulprit({ ...culprit, pid: null, tid: null });
    culprits.set(named, (culprits.get(named) ?? 0) + 1);
  }
  const [named] = [...culprits].reduce<readonly [string, number]>(
    (most, entry) => (entry[1] > most[1] ? entry : most),
    [NOTHING, 0],
  );
  const who = named === NOTHING ? '' : `, ${culprits.size > 1 ? 'most often ' : ''}by ${writeName(named)}`;
  const often = counts.size > 1 ? `most often \`${cause}\` (${count} of ${lates.length}), ` : `\`${cause}\`, `;
  return ` The cause is ${often}${WHERE_IN_WORDS[WHERE_OF_CAUSE[cause]]}${who}.`;
};

/** The answer in two sentences. */
export const writeLead = ({ instances }: Answer): string => {
  if (instances.length === 0)
    return '**No VRRP advertisement was found in these inputs.** There was no send to IP protocol 112, and no VRRP packet.';
  const lates = instances.flatMap(({ late }) => late);
  const advertisements = instances.reduce((sum, instance) => sum + instance.advertisements, 0);
  if (lates.length === 0) return tellNone(instances, advertisements);
  const past = lates.filter(({ severity }) => severity === 'takeover').length;
  const worst = formatDuration(longestOf(lates.map(({ latenessNs }) => latenessNs)));
  const takeover = past === 0 ? '' : `; ${formatCounted(past, 'gap')} long enough for a takeover`;
  return (
    `**${formatCount(lates.length)} of ${formatCounted(advertisements, 'advertisement')} late, ` +
    `by ${worst} at worst${takeover}.**${tellCause(lates)}`
  );
};

const toRow = (instance: AnswerInstance): string[] => [
  writeName(formatInstance(instance)),
  instance.version === null ? NOTHING : `VRRPv${instance.version}`,
  instance.priority === null ? NOTHING : String(instance.priority),
  formatDuration(instance.intervalNs),
  formatDuration(instance.masterDownNs),
  formatCount(instance.advertisements),
  formatCount(instance.late.length),
  instance.senders.length === 0
    ? NOTHING
    : [
        ...instance.senders.slice(0, 3).map(({ process, tid }) => writeName(`${process} (${tid})`)),
        ...(instance.senders.length > 3 ? ['...'] : []),
      ].join(', then '),
];

/** Every router with its timing. */
export const writeRouters = ({ instances }: Answer): string => {
  if (instances.length === 0) return '';
  const columns = ['router', 'version', '>priority', '>interval', '>takeover after', '>seen', '>late', 'sent by'];
  const table = writeTable(columns, instances.slice(0, LISTED).map(toRow));
  const left = instances.length - LISTED;
  return left > 0 ? `${table}\n\n...and ${formatCounted(left, 'more router')}` : table;
};

const tellLoss = ({ loss }: AnswerInput): string => {
  if (!loss.known) return 'whether any were lost is not known';
  return loss.dropped === 0 ? 'none lost' : `**${formatCount(loss.dropped)} lost**`;
};

/** What was looked at, with what each input lost. */
export const writeInputs = ({ inputs }: Answer, times: Times): string => {
  const items = inputs.map((input) => {
    const { role, name, path, records, firstNs, lastNs } = input;
    const period = firstNs === null || lastNs === null ? '' : `, ${times.format(firstNs)} to ${times.format(lastNs)}`;
    const title = name === undefined ? role : `${role} ${writeName(name)}`;
    return `${title}: ${writeName(path)}, ${formatCounted(records, 'record')}${period}; ${tellLoss(input)}`;
  });
  return writeList(items, LISTED);
};
