import type { Answer, AnswerInstance, LateAdvertisement, Takeover, Where } from '../../model/answer.js';
import { formatCount, formatCounted, formatDuration, formatShare } from '../format.js';
import { chooseCounters } from '../terminal/severities.js';
import type { Times } from '../terminal/times.js';
import { WHERE_IN_WORDS } from '../vocabulary.js';
import { CAUSE_IN_WORDS } from './cause-words.js';

/** Told one by one; the rest is summed up. */
const TOLD = 3;

const listLate = ({ instances }: Answer): LateAdvertisement[] => instances.flatMap(({ late }) => late);

/** The page's title: how many were late. */
export const writeTitle = (answer: Answer): string => {
  const all = answer.instances.reduce((sum, { advertisements }) => sum + advertisements, 0);
  const late = listLate(answer).length;
  if (answer.instances.length === 0) return 'No VRRP advertisement was found';
  if (late === 0) return `None of ${formatCounted(all, 'VRRP advertisement')} was late`;
  return `${formatCount(late)} of ${formatCounted(all, 'VRRP advertisement')} ${late === 1 ? 'was' : 'were'} late`;
};

/** The values that occur, the most frequent first. */
const countBy = <T extends string>(values: readonly T[]): [T, number][] => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
};

const findWorst = (late: readonly LateAdvertisement[]): LateAdvertisement | undefined =>
  late.reduce<LateAdvertisement | undefined>(
    (worst, one) => (worst === undefined || BigInt(one.latenessNs) > BigInt(worst.latenessNs) ? one : worst),
    undefined,
  );

const nameRouter = ({ vrid, source }: AnswerInstance): string =>
  `${source ?? 'the sender'}${vrid === null ? '' : ` for virtual router ${vrid}`}`;

const writeInstance = (instance: AnswerInstance, times: Times): string => {
  const { late, advertisements, masterDownNs } = instance;
  const worst = findWorst(late);
  if (worst === undefined) return '';
  const past = late.filter(({ severity }) => severity === 'takeover').length;
  const head = `Of ${formatCounted(advertisements, 'advertisement')} of ${nameRouter(instance)}, ${formatCount(late.length)} ${late.length === 1 ? 'was' : 'were'} late`;
  const lateness = `${late.length === 1 ? '' : 'the worst '}by ${formatDuration(worst.latenessNs)} at ${times.format(worst.sentNs)}`;
  const limit = `the ${formatDuration(masterDownNs)} of silence after which a backup takes over`;
  const reached =
    past === 0
      ? `None reached ${limit}.`
      : `${past === late.length ? (past === 1 ? 'It' : 'All of them') : past === 1 ? 'One of them' : formatCount(past)} reached ${limit}.`;
  return `${head}, ${lateness}. ${reached}`;
};

const writeCalm = (answer: Answer): string[] => {
  const instances = answer.instances.filter(({ late }) => late.length === 0);
  const [only] = instances;
  if (only === undefined) return [];
  const count = instances.reduce((sum, { advertisements }) => sum + advertisements, 0);
  const of = instances.length === 1 ? nameRouter(only) : `${formatCount(instances.length)} senders`;
  return count === 1
    ? [`The only advertisement of ${of} was in time.`]
    : [`None of the ${formatCounted(count, 'advertisement')} of ${of} was late.`];
};

const writeInstances = ({ instances }: Answer, times: Times): string[] => {
  const withLate = instances.filter(({ late }) => late.length > 0);
  const told = withLate.slice(0, TOLD).map((instance) => writeInstance(instance, times));
  const rest = withLate.slice(TOLD);
  const senders = formatCounted(rest.length, 'other virtual router');
  return [
    ...told,
    ...(rest.length > 0
      ? [
          `${senders} had ${formatCounted(
            rest.reduce((sum, { late }) => sum + late.length, 0),
            'late advertisement',
          )}.`,
        ]
      : []),
  ];
};

/** Takeovers that follow a failure; coming back with the higher priority is none. */
const BY_FAILURE: ReadonlySet<Takeover['after']> = new Set(['late', 'loss', 'loss-after-capture', 'unknown']);

const writeTakeovers = (answer: Answer, times: Times): string[] => {
  const all = answer.instances.flatMap(({ takeovers }) => takeovers).filter(({ after }) => BY_FAILURE.has(after));
  if (all.length === 0) return listLate(answer).length > 0 ? ['No other router took over.'] : [];
  const told = all.slice(0, TOLD).map(({ by, atNs }) => `${by} at ${times.format(atNs)}`);
  const more = all.length > TOLD ? `, and ${formatCounted(all.length - TOLD, 'more time', 'more times')}` : '';
  return [
    `Another router took over ${all.length === 1 ? 'once' : formatCounted(all.length, 'time')}: ${told.join(', ')}${more}.`,
  ];
};

const nameCulprits = (late: readonly LateAdvertisement[]): string => {
  const named = countBy(late.flatMap(({ culprit }) => (typeof culprit?.process === 'string' ? [culprit.process] : [])));
  if (named.length === 0) return '';
  const told = named.slice(0, TOLD).map(([process]) => process);
  return ` (${told.join(', ')}${named.length > TOLD ? ` and ${formatCount(named.length - TOLD)} others` : ''})`;
};

const nameShare = (count: number, all: number): string =>
  all === 1
    ? 'The reason:'
    : count === all
      ? all === 2
        ? 'Both times'
        : 'Each time'
      : `${formatCount(count)} ${count === 1 ? 'time' : 'times'}`;

const writeCauses = (late: readonly LateAdvertisement[]): string[] => {
  const causes = countBy(late.map(({ cause }) => cause).filter((cause) => cause !== 'insufficient-evidence'));
  const told = causes.slice(0, TOLD).map(([cause, count]) => {
    const own = late.filter((one) => one.cause === cause);
    return `${nameShare(count, late.length)} ${CAUSE_IN_WORDS[cause]}${nameCulprits(own)}.`;
  });
  const rest = causes.slice(TOLD).reduce((sum, [, count]) => sum + count, 0);
  return rest === 0 ? told : [...told, `There were other reasons for ${formatCounted(rest, 'other')}.`];
};

const PLACES: readonly Where[] = ['sender-process', 'sender-vm', 'host', 'network'];

const writePlaces = (late: readonly LateAdvertisement[]): string[] => {
  const places = countBy(late.map(({ where }) => where)).filter(([where]) => PLACES.includes(where));
  if (places.length === 0) return [];
  const words = places.map(
    ([where, count]) => `${WHERE_IN_WORDS[where]}${places.length > 1 ? ` (${formatCount(count)})` : ''}`,
  );
  return [`The place to look is ${words.join(', then ')}.`];
};

/** What the inputs leave open. */
export const writeUnknown = (answer: Answer): string[] => {
  const late = listLate(answer);
  const open = late.filter(({ cause }) => cause === 'insufficient-evidence').length;
  const dropped = answer.inputs.reduce((sum, { loss }) => sum + (loss.known ? loss.dropped : 0), 0);
  const silent = answer.inputs.filter(({ loss }) => !loss.known).length;
  const problems = chooseCounters(answer.counters).filter(
    ({ severity }) => severity === 'data-loss' || severity === 'error',
  ).length;
  const sure = late.filter(({ cause }) => cause !== 'insufficient-evidence').map(({ confidence }) => confidence);
  const [least, most] = [Math.min(...sure), Math.max(...sure)];
  const range =
    formatShare(least) === formatShare(most) ? formatShare(least) : `${formatShare(least)} to ${formatShare(most)}`;
  return [
    ...(open > 0
      ? [
          `The inputs do not show why ${open === late.length ? (open === 1 ? 'it was' : 'they were') : `${formatCount(open)} of them ${open === 1 ? 'was' : 'were'}`} late.`,
        ]
      : []),
    ...(sure.length > 0 ? [`The named ${sure.length === 1 ? 'reason is' : 'reasons are'} ${range} sure.`] : []),
    ...(dropped > 0 ? [`The recorders are known to have lost ${formatCounted(dropped, 'record')}.`] : []),
    ...(silent > 0
      ? [
          `Whether anything was lost is not known for ${formatCount(silent)} of ${formatCounted(answer.inputs.length, 'input')}.`,
        ]
      : []),
    ...(problems > 0
      ? [`${formatCounted(problems, 'kind')} of trouble with the inputs ${problems === 1 ? 'is' : 'are'} listed below.`]
      : []),
  ];
};

/** The answer in sentences for people who do not run the routers, as paragraphs: what happened, why, and what was in order. */
export const writeAnswer = (answer: Answer, times: Times): string[][] => {
  if (answer.instances.length === 0)
    return [['No VRRP advertisement was found in these inputs: no send to IP protocol 112, and no VRRP packet.']];
  const late = listLate(answer);
  return [
    [...writeInstances(answer, times), ...writeTakeovers(answer, times)],
    [...writeCauses(late), ...writePlaces(late)],
    writeCalm(answer),
  ].filter((sentences) => sentences.length > 0);
};
