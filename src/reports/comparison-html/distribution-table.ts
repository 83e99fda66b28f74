import type { Comparison, LatenessBin } from '../../model/comparison.js';
import { formatCount, formatRate, NOTHING } from '../format.js';
import type { SafeHtml } from '../html/safe-html.js';
import { renderTable } from '../html/table.js';
import { renderFold } from './fold.js';
import { tellBin } from './distributions.js';
import { type GroupMark, shortenName, showName } from './identity.js';

const keyOf = ({ fromNs, toNs }: LatenessBin): string => `${fromNs ?? ''} ${toNs}`;

const compareNumbers = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Early first, then by where they begin and end. */
const compareBins = (a: LatenessBin, b: LatenessBin): number => {
  if (a.fromNs === null || b.fromNs === null)
    return Number(b.fromNs === null) - Number(a.fromNs === null) || compareNumbers(BigInt(a.toNs), BigInt(b.toNs));
  return compareNumbers(BigInt(a.fromNs), BigInt(b.fromNs)) || compareNumbers(BigInt(a.toNs), BigInt(b.toNs));
};

/** The numbers of the distributions: a row for each stretch of lateness, a column for each group. */
export const renderDistributionTable = ({ groups }: Comparison, marks: ReadonlyMap<string, GroupMark>): SafeHtml => {
  const bins = new Map(groups.flatMap(({ distribution }) => distribution.map((bin) => [keyOf(bin), bin] as const)));
  const counts = groups.map((group) => {
    const found = new Map<string, number>();
    for (const bin of group.distribution) found.set(keyOf(bin), (found.get(keyOf(bin)) ?? 0) + bin.gaps);
    return { all: group.gaps, found };
  });
  const tellCount = (gaps: number | undefined, all: number): string =>
    gaps === undefined ? NOTHING : `${formatCount(gaps)} (${formatRate(gaps / Math.max(all, gaps))})`;
  return renderFold(
    'The same in numbers: gaps by lateness',
    renderTable({
      caption: 'Gaps by lateness, and their share of all gaps of the group',
      columns: [
        { header: 'lateness' },
        ...groups.map(({ name }) => {
          const mark = marks.get(name);
          return { header: mark === undefined ? showName(name) : shortenName(mark), align: 'right' as const };
        }),
      ],
      rows: [...bins.values()]
        .sort(compareBins)
        .map((bin) => [tellBin(bin), ...counts.map(({ all, found }) => tellCount(found.get(keyOf(bin)), all))]),
    }),
    groups.length,
  );
};
