import type { Answer, AnswerInput, AnswerInstance } from '../../model/answer.js';
import { displayText } from '../../model/display.js';
import { formatCount, formatCounted, formatDuration, formatInstance } from '../format.js';
import type { Page } from './page.js';
import { span } from './spans.js';
import type { Times } from './times.js';

const describeLoss = ({ loss }: AnswerInput): string => {
  if (!loss.known) return 'whether any were lost is not known';
  return loss.dropped === 0 ? 'none lost' : `${formatCount(loss.dropped)} LOST`;
};

const describeInput = (input: AnswerInput, times: Times): string => {
  const { role, name, path, kind, records, firstNs, lastNs } = input;
  const period = firstNs === null || lastNs === null ? '' : `, ${times.format(firstNs)} to ${times.format(lastNs)}`;
  return (
    `${role} ${name === undefined ? '' : `${displayText(name)}: `}${displayText(path)} ` +
    `(${kind}, ${formatCounted(records, 'record')}${period}; ${describeLoss(input)})`
  );
};

/** What was looked at. */
export const writeOpening = (page: Page, answer: Answer, times: Times): void => {
  page.line([span(`whylate ${displayText(answer.tool.version)}`, 'strong')]);
  for (const input of answer.inputs) page.line(describeInput(input, times), { indent: 2, hang: 2 });
  if (times.heading !== '') page.line(`times: ${times.heading}`, { indent: 2, hang: 2 });
};

/** What one instance is. */
export const writeInstanceOpening = (page: Page, instance: AnswerInstance): void => {
  const { version, priority, intervalNs, masterDownNs, senders } = instance;
  page.heading(formatInstance(instance));
  const facts = [
    version === null ? '' : `VRRPv${version}`,
    priority === null ? '' : `priority ${priority}`,
    `interval ${formatDuration(intervalNs)}`,
    `takeover after ${formatDuration(masterDownNs)} of silence`,
    senders.length === 0
      ? ''
      : `sent by ${senders.map(({ process, tid }) => `${displayText(process)} (${tid})`).join(', then ')}`,
  ];
  page.line(facts.filter((fact) => fact !== '').join(', '), { indent: 2, hang: 2 });
};

/** How many were late, or plainly that none was and what was looked at. */
export const writeVerdict = (page: Page, instance: AnswerInstance): void => {
  const { late, points, advertisements } = instance;
  const past = late.filter(({ severity }) => severity === 'takeover').length;
  if (late.length > 0) {
    const counted = `${formatCount(late.length)} late of ${formatCounted(advertisements, 'advertisement')}`;
    const gaps = past === 0 ? '' : `; ${formatCounted(past, 'gap')} long enough for a takeover`;
    page.line([span(counted, 'warn'), span(gaps, 'bad')], { indent: 2, hang: 2 });
    return;
  }
  const seen = points.map(({ name, advertisements: count }) => `${formatCount(count)} at ${displayText(name)}`);
  const longest = points.flatMap(({ gapsNs }) => (gapsNs === null ? [] : [BigInt(gapsNs.max)]));
  const max = longest.reduce((most, gap) => (gap > most ? gap : most), 0n);
  const looked = `looked at ${formatCounted(advertisements, 'advertisement')}${seen.length === 0 ? '' : ` (${seen.join(', ')})`}`;
  const gap = longest.length === 0 ? '' : `; longest gap ${formatDuration(max)}`;
  page.line([span('No late advertisement: ', 'good'), span(`${looked}${gap}.`)], { indent: 2, hang: 2 });
};
