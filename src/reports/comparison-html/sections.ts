import type { Comparison } from '../../model/comparison.js';
import { formatCount, formatCounted, type Zone } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { renderBlocks, withoutHeading } from './blocks.js';
import { renderCauses } from './causes.js';
import { renderDistributionTable } from './distribution-table.js';
import { renderDistributions } from './distributions.js';
import { renderOrderDoubts, renderOtherSettings } from './doubts.js';
import type { GroupMark } from './identity.js';
import { renderFold } from './fold.js';
import { renderLateRates } from './late-rates.js';
import { renderOrder } from './order.js';
import { renderPairPlots } from './pair-plots.js';
import { renderSeparations } from './separations.js';
import type { Telling } from './text-report.js';
import {
  buildCauses,
  buildClosing,
  buildCounters,
  buildCulprits,
  buildGroups,
  buildLeftOut,
  buildPairs,
  buildSessions,
  buildSettings,
} from './text-report.js';

/** What is told at most, so that the page can be read: `--json` has all. */
const PAIRS = 40;
const SESSIONS = 2000;
const LEFT_OUT = 500;
const OPEN_LEFT_OUT = 20;

/** Pairs whose tests stand openly at most. */
const OPEN_PAIRS = 5;

/** Groups whose tables stand openly at most. */
const OPEN_GROUPS = 12;

/** Groups whose culprits stand openly at most. */
const OPEN_CULPRITS = 4;

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: HtmlValue;
}

export interface Context {
  readonly marks: ReadonlyMap<string, GroupMark>;
  readonly telling: Telling;
  readonly zone: Zone;
}

const tellLeft = (left: number, what: string): HtmlValue =>
  left > 0 && html`<p class="muted">…and ${formatCount(left)} more ${what}: compare --json has all.</p>`;

const tellLateRates = (comparison: Comparison, { marks, telling }: Context): Section => {
  const tables = renderBlocks(withoutHeading(buildGroups(comparison, telling)), 'Groups');
  const count = comparison.groups.length;
  return {
    id: 'late',
    title: 'How often each group is late',
    body: [
      renderLateRates(comparison, marks),
      count > OPEN_GROUPS ? renderFold(`Tables of all ${formatCount(count)} groups`, tables) : tables,
    ],
  };
};

const tellPairs = (comparison: Comparison, { marks, telling }: Context): Section | null => {
  if (comparison.pairs.length === 0) return null;
  const pairs = comparison.pairs.slice(0, PAIRS);
  const [open, others] = [pairs.slice(0, OPEN_PAIRS), pairs.slice(OPEN_PAIRS)];
  const renderTests = (listed: Comparison['pairs']): SafeHtml =>
    renderBlocks(buildPairs({ ...comparison, pairs: listed }, telling), 'Tests');
  return {
    id: 'pairs',
    title: 'By how much they differ',
    body: [
      renderPairPlots(pairs, marks, comparison.statistics),
      renderTests(open),
      others.length > 0 && renderFold(`Tests of ${formatCount(others.length)} more pairs`, renderTests(others)),
      tellLeft(comparison.pairs.length - pairs.length, 'pairs'),
    ],
  };
};

const tellLateness = (comparison: Comparison, { marks }: Context): Section => ({
  id: 'lateness',
  title: 'How late',
  body: [renderDistributions(comparison, marks), renderDistributionTable(comparison, marks)],
});

const tellCauses = (comparison: Comparison, { marks, telling }: Context): Section | null => {
  const blocks = buildCauses({ ...comparison, pairs: comparison.pairs.slice(0, PAIRS) }, telling);
  if (blocks.length === 0) return null;
  const table = renderBlocks(withoutHeading(blocks), 'Time in the ledgers for an hour recorded');
  return {
    id: 'causes',
    title: 'Why: the causes',
    body: [
      renderCauses(comparison, marks),
      comparison.pairs.length === 1
        ? table
        : renderFold('The same as a table, with the differences', table, comparison.groups.length),
    ],
  };
};

const tellCulprits = (comparison: Comparison, { telling }: Context): Section | null => {
  const blocks = buildCulprits(comparison, telling);
  if (blocks.length === 0) return null;
  const told = renderBlocks(blocks, 'Culprits');
  const count = comparison.groups.filter(({ culprits }) => culprits.length > 0).length;
  return {
    id: 'culprits',
    title: 'Who is to blame',
    body: count > OPEN_CULPRITS ? renderFold(`Culprits of ${formatCount(count)} groups`, told) : told,
  };
};

const tellSettings = (comparison: Comparison, { marks, telling }: Context): Section | null => {
  const separating = buildSettings(comparison, telling);
  if (comparison.groups.length < 2 && separating.length === 0) return null;
  return {
    id: 'settings',
    title: 'Settings that differ',
    body: [
      renderSeparations(comparison),
      renderBlocks(separating, 'Settings'),
      renderOtherSettings(comparison, marks, telling),
    ],
  };
};

const tellOrder = (comparison: Comparison, { marks, telling, zone }: Context): Section | null =>
  comparison.groups.length < 2
    ? null
    : {
        id: 'order',
        title: 'Order of the sessions',
        body: [renderOrderDoubts(comparison, telling), renderOrder(comparison, marks, zone)],
      };

const renderLeftOut = (comparison: Comparison, { telling }: Context): HtmlValue => {
  const { leftOut } = comparison;
  const listed = leftOut.slice(0, LEFT_OUT);
  const blocks = buildLeftOut({ ...comparison, leftOut: listed }, telling);
  const more = tellLeft(leftOut.length - listed.length, 'left out');
  return leftOut.length <= OPEN_LEFT_OUT
    ? renderBlocks(blocks, 'Left out')
    : renderFold(
        `Left out: ${formatCounted(leftOut.length, 'session')}`,
        html`${renderBlocks(withoutHeading(blocks), 'Left out')}${more}`,
      );
};

const tellRecords = (comparison: Comparison, context: Context): Section => {
  const { telling, zone } = context;
  const sessions = comparison.sessions.slice(0, SESSIONS);
  const listed = renderBlocks(buildSessions({ ...comparison, sessions }, telling, zone), 'Sessions');
  return {
    id: 'records',
    title: 'Sessions and how this was made',
    body: [
      renderFold(
        `All ${formatCounted(comparison.sessions.length, 'session')}`,
        html`${listed}${tellLeft(comparison.sessions.length - sessions.length, 'sessions')}`,
      ),
      renderLeftOut(comparison, context),
      renderBlocks(buildCounters(comparison), 'Out of the ordinary'),
      renderBlocks(buildClosing(comparison, zone), 'How this was made'),
    ],
  };
};

/** The parts of the report below the answer; those with nothing to tell are left out. */
export const buildSections = (comparison: Comparison, context: Context): Section[] =>
  [tellLateRates, tellPairs, tellLateness, tellCauses, tellCulprits, tellSettings, tellOrder, tellRecords].flatMap(
    (tell) => tell(comparison, context) ?? [],
  );
