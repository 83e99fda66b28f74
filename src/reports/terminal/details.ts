import type { LateAdvertisement } from '../../model/answer.js';
import { displayText } from '../../model/display.js';
import { formatCounted, formatCulprit, formatDuration, formatInstance, formatShare, NOTHING } from '../format.js';
import { WHERE_IN_WORDS } from '../vocabulary.js';
import type { NumberedLate } from './late-rows.js';
import { describeMargin, STYLE_OF_WHERE } from './late-rows.js';
import { drawLedgerBar } from './ledger-bar.js';
import { writeLedgerParts } from './ledger-parts.js';
import type { Page } from './page.js';
import type { Span } from './spans.js';
import { span } from './spans.js';
import type { Times } from './times.js';

/** Evidence rows listed of one late advertisement. */
const LISTED_EVIDENCE = 20;

/** Cells of a bar on a wide page: enough for 2 %, short enough to take in at a glance. */
const WIDEST_BAR = 60;

const describeCause = ({ cause, where, culprit, confidence, contributors }: LateAdvertisement): Span[] => {
  const named = formatCulprit(culprit);
  const { parent = null, cgroup = null } = culprit ?? {};
  const from = [
    parent === null ? '' : `, started by ${displayText(parent)}`,
    cgroup === null ? '' : `, control group ${displayText(cgroup)}`,
  ].join('');
  const shares = contributors.map(({ process, share }) => `${displayText(process)} ${formatShare(share)}`);
  return [
    span('cause '),
    span(cause, STYLE_OF_WHERE[where]),
    span(` (${WHERE_IN_WORDS[where]})`),
    ...(named === NOTHING ? [] : [span('; culprit '), span(named, 'strong'), span(from)]),
    ...(contributors.length > 1 ? [span(`; shares: ${shares.join(', ')}`)] : []),
    span(`; ${formatShare(confidence)} sure`),
  ];
};

const writeEvidence = (page: Page, { evidence }: LateAdvertisement, times: Times, all: boolean): void => {
  if (evidence.length === 0) return;
  page.line([span('evidence', 'dim')], { indent: 2 });
  const listed = all ? evidence : evidence.slice(0, LISTED_EVIDENCE);
  listed.forEach(({ input, line, num, ns, text }, index) => {
    const place = `${displayText(input)}:${line}${num === null ? '' : ` (event ${num})`}`;
    page.line(
      [span(`[${index + 1}] `), span(`${place} `, 'dim'), span(`${times.format(ns)} `), span(displayText(text))],
      {
        indent: 4,
        hang: 4,
      },
    );
  });
  const others = evidence.length - listed.length;
  if (others > 0) page.line(`and ${formatCounted(others, 'more row')} (--all lists them)`, { indent: 4 });
};

/** All that is known about one late advertisement. */
export const writeDetails = (
  page: Page,
  { number, instance, late }: NumberedLate,
  times: Times,
  { all, manyInstances }: { all: boolean; manyInstances: boolean },
): void => {
  page.gap();
  const title = `#${number} `;
  page.line([span(title, 'strong'), span(displayText(late.summary), 'strong')], { hang: title.length });
  if (manyInstances) page.line(formatInstance(instance), { indent: 2, hang: 2 });
  page.line(
    `left at ${times.format(late.sentNs)}, ${formatDuration(late.gapNs)} after the one before ` +
      `(measured at ${displayText(late.measuredAt)}): ` +
      `${formatDuration(late.latenessNs)} late, ${describeMargin(late)}`,
    { indent: 2, hang: 2 },
  );
  page.line(describeCause(late), { indent: 2, hang: 2 });
  const bar = drawLedgerBar(late.ledger, Math.min(WIDEST_BAR, page.options.width - 6));
  if (bar.length > 0) page.line(bar, { indent: 4 });
  writeLedgerParts(page, late, { all });
  writeEvidence(page, late, times, all);
  if (late.advice.length > 0) page.line([span('advice', 'dim')], { indent: 2 });
  for (const advice of late.advice) page.line(`- ${displayText(advice)}`, { indent: 4, hang: 2 });
  page.line([span(`id ${displayText(late.id)}`, 'dim')], { indent: 2, hang: 2 });
};
