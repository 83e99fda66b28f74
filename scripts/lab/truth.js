// @ts-check
/** What really happened, from the packets at the receiver: the side of truth.json the diagnosis must not be asked for. */
import { runCommand } from './processes.js';

/**
 * @typedef {{ time: bigint, source: string, priority: number }} Advertisement time in ns since the epoch
 * @typedef {{ from: bigint, to: bigint }} Gap
 */

const SECOND = 1_000_000_000n;
const LEAST_LATENESS = 5_000_000n;
/** Gaps nobody injected are told from this much lateness on (ns). */
const OTHER_GAP = 100_000_000n;

/**
 * @param {string} capture a pcap file
 * @returns {Promise<Advertisement[]>}
 */
export async function readAdvertisements(capture) {
  const text = await runCommand('tcpdump', '-r', capture, '-n', '-tt', '--nano');
  return [...text.matchAll(/^(\d+)\.(\d{9}) IP6? (\S+) > \S+: .*?VRRPv\d.*? prio (\d+)/gm)].map((match) => ({
    time: BigInt(match[1] ?? 0) * SECOND + BigInt(match[2] ?? 0),
    source: match[3] ?? '',
    priority: Number(match[4]),
  }));
}

/** @type {(advertisements: Advertisement[], sender: string, priority: number) => Gap[]} */
const listGaps = (advertisements, sender, priority) => {
  const times = advertisements.filter((it) => it.source === sender && it.priority === priority).map(({ time }) => time);
  return times.slice(1).map((to, index) => ({ from: times[index] ?? to, to }));
};

/** @type {(gap: Gap) => number} seconds, four places */
const lengthOf = (gap) => Math.round(Number(gap.to - gap.from) / 1e5) / 1e4;

/** @type {(advertisements: Advertisement[], sender: string) => number} */
function countTakeovers(advertisements, sender) {
  let master = sender;
  let count = 0;
  for (const { source, priority } of advertisements) {
    if (priority === 0 || (source !== sender && priority < 100)) continue;
    if (master === sender && source !== sender) count += 1;
    master = source;
  }
  return count;
}

/**
 * @param {Advertisement[]} advertisements at the receiver, of the time that was recorded
 * @param {{ sender: string, priority: number, interval: number }} of interval in seconds
 * @param {{ start: bigint, end: bigint }[]} faults
 */
export function judgeFaults(advertisements, { sender, priority, interval }, faults) {
  const planned = BigInt(Math.round(interval * 1e9));
  const gaps = listGaps(advertisements, sender, priority);
  const slack = planned / 10n > LEAST_LATENESS ? planned / 10n : LEAST_LATENESS;
  const touches = (/** @type {Gap} */ gap, /** @type {{ start: bigint, end: bigint }} */ fault) =>
    gap.to > fault.start && gap.from < fault.end;
  return {
    faults: faults.map((fault) => {
      const largest = gaps
        .filter((gap) => touches(gap, fault))
        .reduce((/** @type {Gap | null} */ a, b) => (a === null || b.to - b.from > a.to - a.from ? b : a), null);
      return {
        largest_gap_s: largest ? lengthOf(largest) : 0,
        late: largest !== null && largest.to - largest.from > planned + slack,
      };
    }),
    takeovers: countTakeovers(advertisements, sender),
    other_gaps: gaps
      .filter((gap) => gap.to - gap.from > planned + OTHER_GAP && !faults.some((fault) => touches(gap, fault)))
      .map((gap) => ({ sent_ns: String(gap.to), gap_s: lengthOf(gap) })),
  };
}
