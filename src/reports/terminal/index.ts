import type { Answer } from '../../model/answer.js';
import { formatCount } from '../format.js';
import { writeClosing } from './closing.js';
import { writeDetails } from './details.js';
import type { NumberedLate } from './late-rows.js';
import { writeLateRows } from './late-rows.js';
import { writeNotices, writeTakeovers } from './notices.js';
import { writeInstanceOpening, writeOpening, writeVerdict } from './opening.js';
import type { PageOptions } from './page.js';
import { Page } from './page.js';
import { chooseTimes } from './times.js';

export interface TerminalOptions extends PageOptions {
  /** Details of every late advertisement, not of the worst ones only. */
  readonly all: boolean;
}

/** Late advertisements told in detail unless all are asked for. */
const DETAILED = 20;

/** The latest of them, in the order of their numbers. */
const chooseDetailed = (lates: readonly NumberedLate[], all: boolean): NumberedLate[] => {
  if (all || lates.length <= DETAILED) return [...lates];
  const compare = (a: NumberedLate, b: NumberedLate): number => {
    const difference = BigInt(b.late.latenessNs) - BigInt(a.late.latenessNs);
    return difference > 0n ? 1 : difference < 0n ? -1 : a.number - b.number;
  };
  return [...lates]
    .sort(compare)
    .slice(0, DETAILED)
    .sort((a, b) => a.number - b.number);
};

/**
 * The answer as people read it: what was looked at, one line per late advertisement, each explained, what to know about
 * the inputs, and what each point saw. No line is longer than `width`; nothing is cut off.
 */
export const renderTerminal = (answer: Answer, options: TerminalOptions): string => {
  const page = new Page(options);
  const times = chooseTimes(answer, options.zone);
  const manyInstances = answer.instances.length > 1;
  writeOpening(page, answer, times);
  if (answer.instances.length === 0) {
    page.gap();
    page.line('No VRRP advertisement was found in these inputs: no send to IP protocol 112, and no VRRP packet.');
  }
  const lates: NumberedLate[] = [];
  for (const instance of answer.instances) {
    const own = instance.late.map((late, index) => ({ number: lates.length + index + 1, instance, late }));
    for (const late of own) lates.push(late);
    writeInstanceOpening(page, instance);
    writeVerdict(page, instance);
    if (own.length > 0) writeLateRows(page, own, times);
    writeTakeovers(page, instance, own, times);
  }
  const detailed = chooseDetailed(lates, options.all);
  if (detailed.length < lates.length) {
    page.gap();
    page.line(
      `Details of the worst ${formatCount(detailed.length)} of ${formatCount(lates.length)} follow; --all tells all.`,
    );
  }
  for (const late of detailed) writeDetails(page, late, times, { all: options.all, manyInstances });
  writeNotices(page, answer, times);
  for (const instance of answer.instances) writeClosing(page, instance);
  return page.text();
};
