/** Finding how one series of events lies on another whose clock is unrelated. All times in ns. */
import { lowerBound } from './search.js';
import { BEHIND, CLEAR, NEAR, Tracker, usualInterval, type SeriesPair, type Track } from './track-series.js';

/** How a series lies on the reference. */
export interface SeriesAlignment {
  readonly track: Track;
  /** Another way it fits about as well: how far (ns) from the chosen one; null where there is none. */
  readonly rival: number | null;
}

/** Scatter of transit times assumed at first (ns), and the bounds of what is learnt. */
const FIRST_SCALE = 500_000;
const LEAST_SCALE = 20_000;
const MOST_SCALE = 4_000_000;
/** Events that are looked at from a possible start, and how many starts are followed further. */
const PROBE = 24;
const FOLLOWED = 24;
/** Packets followed from each of them, and how many are followed to the end. */
const FIRST_RUN = 300;
const FINALISTS = 8;
/** Among so many packets one is free of a queue that was full at the beginning. */
const EARLY_PACKETS = 32;
/** Fewer pairs than this, or a score below it, are chance. */
const LEAST_PAIRS = 2;
const LEAST_SCORE = 8;
/** Share of the packets in the common time that must fit at a given offset. */
const FITS_SHARE = 0.8;
/** The common time holds at least this share of the shorter series; less may agree by chance. */
const FITS_OVERLAP = 0.5;
/** So many pairs are enough, however long the series. */
const MOST_ASKED = 2000;
/** Differences of the series vote in bins this wide (ns). */
const BIN = 4_000_000;
const MOST_VOTERS = 400;

interface Start {
  readonly offset: number;
  readonly packet: number;
  readonly score: number;
}

/** Log-likelihood of the first events from a start, each with the nearest of the reference. */
const probe = (series: SeriesPair, i: number, k: number, match: number): number => {
  const { reference, packets } = series;
  let offset = (reference[i] ?? 0) - (packets[k] ?? 0);
  let score = 0;
  let next = i;
  const until = Math.min(packets.length, k + PROBE);
  for (let n = k; n < until; n++) {
    const time = (packets[n] ?? 0) + offset;
    while (next < reference.length && (reference[next] ?? 0) < time - NEAR) next++;
    while (
      next + 1 < reference.length &&
      Math.abs((reference[next + 1] ?? 0) - time) < Math.abs((reference[next] ?? 0) - time)
    )
      next++;
    if (next >= reference.length) break;
    const residual = time - (reference[next] ?? 0);
    if (Math.abs(residual) > NEAR) {
      score -= 3;
      continue;
    }
    score += match - Math.log1p((residual / FIRST_SCALE) ** 2);
    offset -= residual / 3;
    next++;
  }
  return score;
};

/** Offsets by which most differences of the two series agree, most first. */
const voteOffsets = ({ reference, packets }: SeriesPair): number[] => {
  const votes = new Map<number, number>();
  const strideA = Math.max(1, Math.ceil(reference.length / MOST_VOTERS));
  const strideB = Math.max(1, Math.ceil(packets.length / (4 * MOST_VOTERS)));
  for (let i = 0; i < reference.length; i += strideA) {
    for (let k = 0; k < packets.length; k += strideB) {
      const bin = Math.round(((reference[i] ?? 0) - (packets[k] ?? 0)) / BIN);
      votes.set(bin, (votes.get(bin) ?? 0) + 1);
    }
  }
  return [...votes]
    .map(([bin, count]) => ({ bin, count: count + (votes.get(bin - 1) ?? 0) + (votes.get(bin + 1) ?? 0) }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 3 * FOLLOWED)
    .map(({ bin }) => bin * BIN);
};

const CORNER = 2;

/** The first few events of both series with each other, and the last few. */
const corners = (references: number, packets: number): [number, number][] => {
  const out: [number, number][] = [];
  for (let i = 0; i <= CORNER; i++) {
    for (let k = 0; k <= CORNER; k++) {
      if (i < references && k < packets) out.push([i, k], [references - 1 - i, packets - 1 - k]);
    }
  }
  return out;
};

/** Where the series may begin to agree: any event of one with one of the first of the other, and what most differences say. */
const findStarts = (series: SeriesPair, prior: (offset: number) => number): Start[] => {
  const { reference, packets } = series;
  const match = Math.log(usualInterval(reference) / (Math.PI * FIRST_SCALE));
  const starts: Start[] = [];
  const add = (i: number, k: number): void => {
    const offset = (reference[i] ?? 0) - (packets[k] ?? 0);
    starts.push({ offset, packet: k, score: probe(series, i, k, match) + prior(offset) });
  };
  for (let i = 0; i < reference.length; i++) for (let k = 0; k < Math.min(4, packets.length); k++) add(i, k);
  for (let k = 4; k < packets.length; k++) for (let i = 0; i < Math.min(4, reference.length); i++) add(i, k);
  const chosen: Start[] = [];
  const taken = new Set<number>();
  const choose = (start: Start): void => {
    const bin = Math.round(start.offset / (NEAR / 2));
    if (taken.has(bin) || taken.has(bin - 1) || taken.has(bin + 1)) return;
    taken.add(bin);
    chosen.push(start);
  };
  // Regular series fit at every interval; what they have most in common begins with the first ones or ends with the last.
  for (const [i, k] of corners(reference.length, packets.length)) {
    choose({ offset: (reference[i] ?? 0) - (packets[k] ?? 0), packet: Math.min(k, CORNER), score: 0 });
  }
  starts.sort((a, b) => b.score - a.score);
  for (const start of starts) {
    if (chosen.length >= FOLLOWED) break;
    choose(start);
  }
  for (const offset of voteOffsets(series)) {
    if (chosen.length >= 2 * FOLLOWED) break;
    const found = firstNear(series, offset);
    if (found) choose({ offset: found.offset, packet: found.packet, score: 0 });
  }
  return chosen;
};

/** The first pair that lies close at an offset. */
const firstNear = ({ reference, packets }: SeriesPair, offset: number): { offset: number; packet: number } | null => {
  for (let k = 0; k < packets.length; k++) {
    const time = (packets[k] ?? 0) + offset;
    const i = lowerBound(reference, time - BIN);
    if (i < reference.length && (reference[i] ?? 0) <= time + BIN)
      return { offset: (reference[i] ?? 0) - (packets[k] ?? 0), packet: k };
  }
  return null;
};

/** For tracks that differ: how far apart (ns) they put the first packet on which they differ; 0 where they do not. */
const differ = (a: Track, b: Track, reference: readonly number[]): number => {
  const of = new Map(a.pairs.map((pair) => [pair.packet, pair.reference]));
  for (const { packet, reference: other } of b.pairs) {
    const own = of.get(packet);
    if (own !== undefined && own !== other) return Math.abs((reference[own] ?? 0) - (reference[other] ?? 0));
  }
  return 0;
};

/** The offset (ns) of a track's first pair. */
const offsetOf = (track: Track, { reference, packets }: SeriesPair): number => {
  const first = track.pairs[0];
  return first ? (reference[first.reference] ?? 0) - (packets[first.packet] ?? 0) : 0;
};

interface Run {
  readonly start: Start;
  readonly track: Track;
  readonly score: number;
}

const runFrom = (
  starts: readonly Start[],
  tracker: Tracker,
  series: SeriesPair,
  prior: (offset: number) => number,
): Run[] =>
  starts
    .flatMap((start) => {
      const track = tracker.follow(start.offset, start.packet);
      return track ? [{ start, track, score: track.score + prior(offsetOf(track, series)) }] : [];
    })
    .sort((a, b) => b.score - a.score);

/** The same series with time running backwards. */
const turnAround = ({ reference, packets, counts }: SeriesPair): SeriesPair => ({
  reference: reference.map((time) => -time).reverse(),
  packets: packets.map((time) => -time).reverse(),
  counts: counts?.map((count) => 65_535 - count).reverse() ?? null,
  partners: null,
  backwards: true,
});

/**
 * Where each run would have begun, judged from its end: a regular beginning fits at every interval, and a step early on
 * hides what lies before it.
 */
const startsFromEnds = (runs: readonly Run[], series: SeriesPair, scale: number): Start[] => {
  const turned = turnAround(series);
  const tracker = new Tracker(turned, scale);
  const starts: Start[] = [];
  for (const { track } of runs) {
    const end = track.pairs.findLast(({ kind }) => kind === 'prompt');
    if (!end) continue;
    const offset = (series.packets[end.packet] ?? 0) - (series.reference[end.reference] ?? 0);
    const back = tracker.follow(offset, series.packets.length - 1 - end.packet);
    const first = back?.pairs.at(-1);
    if (!first) continue;
    const packet = series.packets.length - 1 - first.packet;
    const reference = series.reference.length - 1 - first.reference;
    starts.push({ offset: (series.reference[reference] ?? 0) - (series.packets[packet] ?? 0), packet, score: 0 });
  }
  return starts;
};

/** Starts whole intervals beside those of the likeliest runs: what a regular series may be mistaken for. */
const startsBeside = (runs: readonly Run[], { reference, packets }: SeriesPair): Start[] =>
  runs.flatMap(({ track }) => {
    const first = track.pairs[0];
    if (!first) return [];
    const starts: Start[] = [];
    for (const [i, k] of [
      [first.reference + 1, first.packet],
      [first.reference + 2, first.packet],
      [first.reference - 1, first.packet],
      [first.reference - 2, first.packet],
      [first.reference, first.packet + 1],
      [first.reference, first.packet + 2],
    ] as const) {
      if (i < 0 || i >= reference.length || k >= packets.length) continue;
      starts.push({ offset: (reference[i] ?? 0) - (packets[k] ?? 0), packet: Math.max(0, k - 2), score: 0 });
    }
    return starts;
  });

const scaleOf = (track: Track | undefined): number =>
  Math.min(MOST_SCALE, Math.max(LEAST_SCALE, 1.5 * (track?.residual ?? FIRST_SCALE)));

/**
 * How a series lies on the reference: every start that can be is followed (drift, steps, losses, held packets), the
 * likeliest wins.
 *
 * @param prior log-likelihood of an offset by what the two calendars say; 0 where they say nothing
 * @returns null where nothing fits better than chance
 */
export const alignSeries = (series: SeriesPair, prior: (offset: number) => number): SeriesAlignment | null => {
  const starts = findStarts(series, prior);
  const rough = runFrom(starts, new Tracker(series, FIRST_SCALE, FIRST_RUN), series, prior).slice(0, FINALISTS);
  const scale = scaleOf(rough[0]?.track);
  const tracker = new Tracker(series, scale);
  const forth = runFrom(
    rough.map(({ start }) => start),
    tracker,
    series,
    prior,
  );
  const again = runFrom(startsFromEnds(forth, series, scale), tracker, series, prior);
  const leading = [...forth, ...again].sort((a, b) => b.score - a.score).slice(0, 2);
  const beside = runFrom(startsBeside(leading, series), tracker, series, prior);
  const runs = [...forth, ...again, ...beside].sort((a, b) => b.score - a.score);
  const best = runs[0];
  if (!best || best.track.pairs.length < Math.min(LEAST_PAIRS, series.packets.length, series.reference.length))
    return null;
  if (best.score < LEAST_SCORE && series.packets.length > 1 && series.reference.length > 1) return null;
  let rival = best.track.rival;
  for (const other of runs) {
    if (other.score < best.score - CLEAR) break;
    const apart = differ(best.track, other.track, series.reference);
    if (apart > 0) {
      rival = apart;
      break;
    }
  }
  return { track: best.track, rival };
};

/**
 * A series laid at a given offset, where that explains nearly everything in the time both have in common.
 *
 * @returns null where it does not
 */
export const alignAt = (series: SeriesPair, offset: number): SeriesAlignment | null => {
  const { reference, packets } = series;
  const from = Math.max(reference[0] ?? 0, (packets[0] ?? 0) + offset);
  const to = Math.min(reference.at(-1) ?? 0, (packets.at(-1) ?? 0) + offset);
  const common = (times: readonly number[], shift: number): number =>
    times.filter((time) => time + shift >= from && time + shift <= to).length;
  const least = Math.min(common(reference, 0), common(packets, offset), MOST_ASKED);
  const overlap = FITS_OVERLAP * Math.min(reference.length, packets.length, MOST_ASKED);
  const rough = new Tracker(series, FIRST_SCALE).follow(offset);
  if (least === 0 || !rough || rough.score < 0 || rough.pairs.length < Math.max(overlap, FITS_SHARE * least))
    return null;
  const track = new Tracker(series, scaleOf(rough)).follow(offset);
  return track && { track, rival: track.rival };
};

/**
 * The clock of a series whose events are known one by one: which pairs were prompt, held, or the first after a step.
 *
 * @param series with `partners`
 */
export const followPairs = (series: SeriesPair): Track => {
  const { reference, packets, partners } = series;
  const starts = new Set<number>();
  for (let k = 0; k < packets.length && starts.size < 8; k++) {
    const partner = partners?.[k] ?? -1;
    if (partner >= 0) starts.add((reference[partner] ?? 0) - (packets[k] ?? 0));
  }
  // A queue may have been full when the recording began: then a later packet shows the clock.
  let soonest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < Math.min(packets.length, EARLY_PACKETS); k++) {
    const partner = partners?.[k] ?? -1;
    if (partner >= 0) soonest = Math.max(soonest, (reference[partner] ?? 0) - (packets[k] ?? 0));
  }
  if (Number.isFinite(soonest)) starts.add(soonest);
  const run = (tracker: Tracker, offsets: readonly number[]): Run[] =>
    runFrom(
      offsets.map((offset) => ({ offset, packet: 0, score: 0 })),
      tracker,
      series,
      () => 0,
    );
  const rough = run(new Tracker(series, FIRST_SCALE), [...starts]);
  // Where nearly nothing scatters a single late packet costs the right way much: what was far behind before is not tried again.
  const likely = rough.filter(({ score }) => score >= (rough[0]?.score ?? 0) - BEHIND);
  const fine = run(
    new Tracker(series, scaleOf(rough[0]?.track)),
    likely.map(({ start }) => start.offset),
  );
  return fine[0]?.track ?? { pairs: [], score: 0, residual: 0, rival: null };
};
