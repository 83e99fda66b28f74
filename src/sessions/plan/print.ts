import { formatDuration } from '../../model/duration.js';
import { quote, quoteAll } from '../processes/ssh.js';
import type { ToolPlan } from '../processes/tool.js';
import type { Change } from '../settings/changes.js';
import { planTracer, type RunPlan, type SessionPlan } from './plan.js';

const say = (ns: number): string => formatDuration(BigInt(ns));

/** A line that a POSIX shell would run, with where its output goes. */
const commandLine = ({ argv, env, stdout, stderr }: ToolPlan): string =>
  [
    ...Object.entries(env ?? {}).map(([name, value]) => `${name}=${quote(value)}`),
    quoteAll(argv),
    ...(stdout === null ? [] : [`> ${quote(stdout)}`]),
    `2> ${quote(stderr)}`,
  ].join(' ');

const printChange = (change: Change): string =>
  change.kind === 'file' ? `write ${quote(change.value)} to ${quote(change.path)}` : quoteAll(change.apply);

const printUndo = (change: Change): string =>
  change.kind === 'file' ? `write back what ${quote(change.path)} was` : quoteAll(change.restore);

/** Every command that a recording would run, in order; one line each. */
export const printPlan = (plan: SessionPlan): string => {
  const { script, runs } = plan;
  const lines = [`# ${script.name}: ${runs.length === 1 ? 'one recording' : `${String(runs.length)} recordings`}`];
  if (plan.seed !== null)
    lines.push(`# order: ${runs.map(({ name }) => name).join(' ')} (the same again with --seed ${String(plan.seed)})`);
  for (const run of runs) {
    lines.push('', `# ${run.name}, in ${run.folder}`, ...printRun(run, plan));
    if (run !== runs.at(-1)) lines.push(`wait     ${say(plan.pauseMs * 1e6)}`);
  }
  return `${lines.join('\n')}\n`;
};

const printRun = (run: RunPlan, plan: SessionPlan): string[] => [
  ...run.changes.map((change) => `set      ${printChange(change)}`),
  ...run.captures.map((capture) => `start    ${commandLine(capture)}`),
  ...(run.vitals === null ? [] : [`start    ${commandLine(run.vitals)}`]),
  ...plan.tracers.map((kind, i) => (i === 0 ? 'start' : 'or').padEnd(9) + commandLine(planTracer(kind, plan))),
  ...run.steps.map(({ atNs, argv }) => `at ${say(atNs)}`.padEnd(9) + ` ${quoteAll(argv)}`),
  `until    ${untilOf(plan)}`,
  'stop     all of them',
  ...[...run.changes].reverse().map((change) => `restore  ${printUndo(change)}`),
  ...run.collect.map(({ from, as }) =>
    'file' in from
      ? `collect  ${quoteAll(['cp', '--', from.file, as])}`
      : `collect  ${quoteAll(from.argv)} > ${quote(as)}`,
  ),
];

const untilOf = ({ durationNs, until, flight, watched }: SessionPlan): string => {
  const time = `${say(durationNs)} are over`;
  if (flight)
    return `${time}; of every late advertisement at ${watched} keep the ${say(flight.keepNs)} before and after`;
  return until === null ? time : `${String(until.late)} late advertisements were seen at ${watched}, or ${time}`;
};
