import type { Answer, AnswerInput } from '../model/answer.js';
import { formatCount, formatCounted } from '../reports/format.js';

/** Percent of its records an input is known to have lost; null where nothing said how much. */
const lossPercent = ({ records, loss }: AnswerInput): number | null => {
  if (!loss.known) return null;
  const offered = loss.offered ?? records + loss.dropped;
  return loss.dropped === 0 ? 0 : (loss.dropped * 100) / Math.max(offered, loss.dropped);
};

/** A message for each input that is known to have lost more than so many percent. */
export const findExcessLoss = (answer: Answer, maxPercent: number): string[] =>
  answer.inputs.flatMap((input) => {
    const percent = lossPercent(input);
    if (percent === null || percent <= maxPercent) return [];
    const dropped = formatCounted(input.loss.dropped, 'record');
    return [
      `${input.path}: lost ${dropped} (${percent.toPrecision(3)} %), more than --max-loss ${maxPercent}; ` +
        'record again with larger buffers, or raise the limit',
    ];
  });

/** Why `--fail-on` is met, in one line; null when it is not. */
export const findFailOn = (answer: Answer, failOn: 'late' | 'takeover'): string | null => {
  const late = answer.instances.flatMap((instance) => instance.late);
  const past = late.filter(({ severity }) => severity === 'takeover').length;
  const takeovers = answer.instances.reduce((sum, instance) => sum + instance.takeovers.length, 0);
  if (failOn === 'late')
    return late.length > 0 ? `--fail-on late: ${formatCount(late.length)} late; see the answer` : null;
  if (past + takeovers === 0) return null;
  return (
    `--fail-on takeover: ${formatCounted(past, 'gap')} past the master-down interval, ` +
    `${formatCounted(takeovers, 'takeover')} seen; see the answer`
  );
};

/** Counters that say an input is unusable; the answer is what the others give. */
const UNUSABLE = new Set(['capture_not_aligned', 'trace_without_advertisements']);

/**
 * A message for each input that gave nothing, though it could be read. A recording that says of itself that it was cut off may well hold too
 * little of an input: the answer's counters say it, and that is all there is to be had.
 */
export const findUnusable = ({ counters }: Answer): string[] =>
  counters.some(({ name }) => name === 'session_incomplete')
    ? []
    : counters.filter(({ name }) => UNUSABLE.has(name)).map(({ name, help }) => `${name}: ${help}`);

/** A message for each counter that says something was malformed or lost; those {@link findUnusable} names are left out. */
export const findErrors = ({ counters }: Answer): string[] =>
  counters
    .filter(({ name, severity }) => (severity === 'error' || severity === 'data-loss') && !UNUSABLE.has(name))
    .map(({ name, count, help }) => `--strict: ${name} ${formatCount(count)}: ${help}`);
