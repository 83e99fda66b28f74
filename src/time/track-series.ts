/** Following one series of events along another on a clock of its own, by likelihood. All times in ns. */
import { quantile } from './offsets.js';
import { lowerBound } from './search.js';

/** How a pair came about: as soon as ever, held on the way, or the first one after the clocks parted. */
export type PairKind = 'prompt' | 'held' | 'step';

/** Event `reference` of the reference series is event `packet` of the other one. */
export interface TrackedPair {
  readonly reference: number;
  readonly packet: number;
  readonly kind: PairKind;
}

/** The likeliest way in which a series follows another from a given offset on. */
export interface Track {
  readonly pairs: readonly TrackedPair[];
  /** Natural logarithm of how much likelier the pairs are than two unrelated series. */
  readonly score: number;
  /** Median residual (ns) of prompt pairs against the offset that was followed. */
  readonly residual: number;
  /** Another way to follow it that is about as likely in the end: how far (ns) apart; null where there is none. */
  readonly rival: number | null;
}

/** What is followed. */
export interface SeriesPair {
  /** On the reference clock, ascending. */
  readonly reference: readonly number[];
  /** On the other clock, ascending. */
  readonly packets: readonly number[];
  /** Counts up by one with every event of the reference series; null where packets carry no such count. */
  readonly counts: readonly number[] | null;
  /** Which reference event each packet is, -1 where that is not known; null where none is. */
  readonly partners: readonly number[] | null;
  /** Time runs backwards: no packet is later than its event for having been held. */
  readonly backwards?: boolean;
}

/** A packet this much later than expected (ns) was held, or a clock stepped. */
export const NEAR = 20_000_000;
/** Packets held together arrive this close to each other (ns). */
const BURST = 50_000_000;
/** A packet can be held in queues this long at most (ns). */
const LONGEST_HOLD = 120_000_000_000;
/** Most reference events passed over to explain a step. */
const STEP_LOSSES = 8;
/** Clocks drift apart by at most this share, slewing included (adjtimex slews by 500 ppm). */
const MOST_RATE = 500e-6;
/** The rate followed so far does not hold for longer than this (ns). */
const LONG_TIME = 5_000_000_000;
/** Gains at which offset and rate settle (an alpha-beta filter); the first pairs count as in a least-squares line. */
const SETTLED_OFFSET = 0.3;
const SETTLED_RATE = 0.03;
/** Packets closer than this (ns) show nothing of the clocks' rates. */
const RATE_SPAN = 100_000_000;
/** After so many pairs the line is known. */
const SETTLED = 8;

/**
 * The first packet after clocks parted was often held as well, a VM that runs again having work to do: by about this, and by
 * this at most (ns).
 */
const AFTER_STEP = 20_000_000;
const MOST_AFTER_STEP = 150_000_000;

/** Log-likelihoods. A packet of somebody else; the first and each further event whose packet was lost; at most. */
const STRAY = -4;
/** A packet whose event is known and that is passed over all the same (reordered). */
const KNOWN_STRAY = -15;
const LOSS = -3;
const FURTHER_LOSS = -0.5;
const MOST_LOSS = -8;
/** A first held packet; one held like the one before, arriving with it, or apart from it. */
const HELD = -6.9;
/** A packet that is late by less than what counts as held. */
const A_LITTLE_LATE = -5.9;
const HELD_TOGETHER = 1.5;
const HELD_ON = -0.7;
/** A clock that steps is rarer than a held packet. */
const STEP = -9.2;
/** One packet alone shows no clock that could have stepped: it was held. */
const STEP_FROM_ONE = -8;
/** Counts that contradict the number of events passed over: fewer counts than events cannot be. */
const COUNTS_FEWER = -9;
const COUNTS_MORE = -3;

/** How much likelier (natural logarithm) the best must be than another one to leave no doubt. */
export const CLEAR = 5;
const MARGIN = 16;
const MOST_HYPOTHESES = 24;
/** A run this far behind another at the same packet is given up. */
export const BEHIND = 30;

interface Node {
  readonly reference: number;
  readonly packet: number;
  readonly kind: PairKind;
  readonly residual: number;
  readonly before: Node | null;
}

interface Hypothesis {
  readonly last: Node | null;
  /** To add to packet times at the time of the last prompt pair, and how it grows with time. */
  readonly offset: number;
  readonly rate: number;
  /** Packet time the offset was last told at, and by how many pairs. */
  readonly toldAt: number;
  readonly told: number;
  /** Pairs since the clocks last parted. */
  readonly fresh: number;
  /** The offset before they parted. */
  readonly former: number;
  readonly score: number;
}

/** How much earlier (ns) than expected the next packet may come. */
const earliest = ({ last, fresh }: Hypothesis): number =>
  last?.kind === 'step' && fresh === 1 ? MOST_AFTER_STEP : NEAR;

const lossScore = (passed: number): number =>
  passed <= 0 ? 0 : Math.max(MOST_LOSS, LOSS + (passed - 1) * FURTHER_LOSS);

/** Median distance (ns) between neighbours; 1 s where there are none. */
export const usualInterval = (times: readonly number[]): number => {
  const gaps: number[] = [];
  for (let i = 1; i < times.length; i++) gaps.push((times[i] ?? 0) - (times[i - 1] ?? 0));
  return Math.max(1_000_000, gaps.length > 0 ? quantile(gaps, 0.5) : 1_000_000_000);
};

/** How far the counts of two packets are apart; they wrap at 16 bits and leave 0 out. */
const countsBetween = (from: number, to: number): number => (to >= from ? to - from : to - from + 65_535);

/** Follows one series along another; holds what does not change between starts. */
export class Tracker {
  readonly #series: SeriesPair;
  readonly #scale: number;
  readonly #match: number;
  readonly #until: number;
  /** Score at every packet of the best run so far. */
  #best: Float64Array | null = null;
  /** What a hypothesis about the packet at hand must score to be kept: most do not, and need not be made. */
  #floor = Number.NEGATIVE_INFINITY;

  /**
   * @param scale ordinary scatter of transit times (ns)
   * @param until packets to follow at most
   */
  constructor(series: SeriesPair, scale: number, until = Number.POSITIVE_INFINITY) {
    this.#series = series;
    this.#scale = scale;
    this.#match = Math.log(usualInterval(series.reference) / (Math.PI * scale));
    this.#until = Math.min(until, series.packets.length);
  }

  /**
   * Follow from an offset on.
   *
   * @param offset to add to a packet's time to get the reference's, before anything steps
   * @param first packet to begin with
   * @returns null when an earlier run was soon far likelier
   */
  follow(offset: number, first = 0): Track | null {
    let beam: Hypothesis[] = [
      { last: null, offset, rate: 0, toldAt: 0, told: 0, fresh: 0, former: Number.NaN, score: 0 },
    ];
    const scores = new Float64Array(this.#until);
    // What the best run gained before this one has begun says nothing against it: of a regular series any part fits any other.
    let lead = first > 0 ? (this.#best?.[first - 1] ?? 0) : 0;
    for (let k = first; k < this.#until; k++) {
      beam = this.#advance(beam, k);
      const score = beam.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
      scores[k] = score;
      const rival = this.#best?.[k] ?? Number.NEGATIVE_INFINITY;
      if (score <= 0) lead = Math.max(lead, rival);
      else if (score < rival - lead - BEHIND) return null;
    }
    let best = beam[0];
    for (const other of beam) if (best && other.score > best.score) best = other;
    if (!this.#best || (scores.at(-1) ?? 0) > (this.#best.at(-1) ?? 0)) this.#best = scores;
    return { ...toTrack(best), rival: this.#rivalOf(best, beam) };
  }

  #rivalOf(best: Hypothesis | undefined, beam: readonly Hypothesis[]): number | null {
    const other = beam.find(
      ({ last, score }) =>
        best?.last &&
        last &&
        last.reference !== best.last.reference &&
        last.packet === best.last.packet &&
        score >= best.score - CLEAR,
    );
    if (!other?.last || !best?.last) return null;
    const { reference } = this.#series;
    return Math.abs((reference[other.last.reference] ?? 0) - (reference[best.last.reference] ?? 0));
  }

  #advance(beam: readonly Hypothesis[], k: number): Hypothesis[] {
    const only = beam.length === 1 ? beam[0] : undefined;
    const plain = only && this.#plain(only, k);
    if (plain) return [plain];
    const next: Hypothesis[] = [];
    this.#floor = Number.NEGATIVE_INFINITY;
    const add = (hypothesis: Hypothesis | null): void => {
      if (!hypothesis || hypothesis.score < this.#floor) return;
      this.#floor = Math.max(this.#floor, hypothesis.score - MARGIN);
      const same = next.findIndex(
        (other) =>
          other.last?.reference === hypothesis.last?.reference &&
          other.last?.packet === hypothesis.last?.packet &&
          Math.abs(other.offset - hypothesis.offset) < this.#scale,
      );
      const known = next[same];
      if (!known) next.push(hypothesis);
      else if (known.score < hypothesis.score) next[same] = hypothesis;
    };
    for (const hypothesis of beam) {
      this.#extend(hypothesis, k, add);
      const stray = this.#strayScore(hypothesis, k);
      if (hypothesis.score + stray >= this.#floor) add({ ...hypothesis, score: hypothesis.score + stray });
    }
    const kept = next.filter(({ score }) => score >= this.#floor);
    if (kept.length > MOST_HYPOTHESES) kept.sort((a, b) => b.score - a.score).length = MOST_HYPOTHESES;
    return kept;
  }

  /** The next event exactly where it is expected: nothing else need be thought of. */
  #plain(hypothesis: Hypothesis, k: number): Hypothesis | null {
    const { last } = hypothesis;
    if (last?.kind !== 'prompt') return null;
    const i = this.#partner(k) ?? last.reference + 1;
    if (i !== last.reference + 1 || this.#countScore(last, i, k) < 0) return null;
    const residual = this.#expect(hypothesis, k) - (this.#series.reference[i] ?? Infinity);
    if (Math.abs(residual) > 2 * this.#scale) return null;
    this.#floor = Number.NEGATIVE_INFINITY;
    return this.#prompt(hypothesis, i, k);
  }

  /** What it costs that packet `k` is nobody's: nothing before the first event that was met, and behind the last there is. */
  #strayScore(hypothesis: Hypothesis, k: number): number {
    if (this.#partner(k) !== null) return KNOWN_STRAY;
    const isBehind = this.#expect(hypothesis, k) > (this.#series.reference.at(-1) ?? 0) + NEAR;
    return hypothesis.last === null || isBehind ? 0 : STRAY;
  }

  /** The event that packet `k` is known to belong to. */
  #partner(k: number): number | null {
    const partner = this.#series.partners?.[k] ?? -1;
    return partner < 0 ? null : partner;
  }

  #extend(hypothesis: Hypothesis, k: number, add: (hypothesis: Hypothesis | null) => void): void {
    const { reference } = this.#series;
    const { last } = hypothesis;
    const time = this.#expect(hypothesis, k);
    const next = last ? last.reference + 1 : 0;
    const partner = this.#partner(k);
    if (partner !== null) {
      if (partner < next) return;
      this.#extendTo(hypothesis, partner, k, time, add);
      if (last) add(this.#step(hypothesis, partner, k));
      return;
    }
    const early = earliest(hypothesis);
    for (let i = Math.max(next, lowerBound(reference, time - NEAR)); i < reference.length; i++) {
      if ((reference[i] ?? 0) > time + early) break;
      if (!this.#returns(hypothesis, i, k)) add(this.#prompt(hypothesis, i, k));
    }
    if (!last) return;
    const holds = this.#series.backwards === true ? 0 : 3;
    for (let i = next; i < Math.min(reference.length, next + holds); i++) add(this.#held(hypothesis, i, k, time));
    for (let i = next; i < Math.min(reference.length, next + STEP_LOSSES); i++) add(this.#step(hypothesis, i, k));
  }

  #extendTo(
    hypothesis: Hypothesis,
    i: number,
    k: number,
    time: number,
    add: (hypothesis: Hypothesis | null) => void,
  ): void {
    const late = time - (this.#series.reference[i] ?? 0);
    if (late <= NEAR && late >= -earliest(hypothesis) && !this.#returns(hypothesis, i, k))
      add(this.#prompt(hypothesis, i, k));
    else add(this.#held(hypothesis, i, k, time));
  }

  /** When, on the reference clock, packet `k` was sent if nothing held it. */
  #expect(hypothesis: Hypothesis, k: number): number {
    const time = this.#series.packets[k] ?? 0;
    return time + hypothesis.offset + (hypothesis.told > 0 ? hypothesis.rate * (time - hypothesis.toldAt) : 0);
  }

  /** Whether the clock would be back where it was before it stepped: then it did not step, and a packet was held. */
  #returns({ last, fresh, former }: Hypothesis, i: number, k: number): boolean {
    if (last?.kind !== 'step' || fresh !== 1) return false;
    const offset = (this.#series.reference[i] ?? 0) - (this.#series.packets[k] ?? 0);
    return Math.abs(offset - former) <= NEAR;
  }

  #prompt(hypothesis: Hypothesis, i: number, k: number): Hypothesis | null {
    const { last } = hypothesis;
    const residual = this.#expect(hypothesis, k) - (this.#series.reference[i] ?? 0);
    const time = this.#series.packets[k] ?? 0;
    const n = hypothesis.told + 1;
    const since = time - hypothesis.toldAt;
    const m = hypothesis.fresh + 1;
    const alpha = Math.max(SETTLED_OFFSET, (2 * (2 * m - 1)) / (m * (m + 1)));
    const beta = n === 1 ? 0 : Math.max(SETTLED_RATE, 6 / (n * (n + 1)));
    // Until the line is known, and after a long time, a residual says less against a pair.
    const unsettled = m === 2 && last?.kind === 'step' && residual < 0 ? AFTER_STEP : 0;
    const scale = this.#scale * (m < 4 ? 3 : 1) + (n > 1 && since > LONG_TIME ? MOST_RATE * since : 0) + unsettled;
    const likelihood = this.#match - Math.log1p((residual / scale) ** 2);
    const score =
      hypothesis.score +
      Math.max(likelihood, residual > 0 ? A_LITTLE_LATE : Number.NEGATIVE_INFINITY) +
      this.#passScore(last, i, k);
    if (score < this.#floor) return null;
    // A packet that is late among others says little of the clock.
    const late = m > SETTLED ? Math.min(residual, 5 * scale) : residual;
    const rate = n > 1 && since >= RATE_SPAN ? hypothesis.rate - (beta * late) / since : hypothesis.rate;
    return {
      ...hypothesis,
      last: { reference: i, packet: k, kind: 'prompt', residual, before: last },
      offset: (n === 1 ? hypothesis.offset : this.#expect(hypothesis, k) - time) - alpha * late,
      rate: Math.max(-MOST_RATE, Math.min(MOST_RATE, rate)),
      toldAt: time,
      told: n === 1 || since >= RATE_SPAN ? Math.min(n, 40) : hypothesis.told,
      fresh: Math.min(m, 40),
      score,
    };
  }

  #held(hypothesis: Hypothesis, i: number, k: number, time: number): Hypothesis | null {
    const late = time - (this.#series.reference[i] ?? 0);
    if (late <= NEAR || late > LONGEST_HOLD) return null;
    const { last } = hypothesis;
    const since = (this.#series.packets[k] ?? 0) - (this.#series.packets[last?.packet ?? k] ?? 0);
    const kind = last?.kind !== 'held' ? HELD : since <= BURST ? HELD_TOGETHER : HELD_ON;
    const score = hypothesis.score + kind + this.#passScore(last, i, k);
    if (score < this.#floor) return null;
    return {
      ...hypothesis,
      last: { reference: i, packet: k, kind: 'held', residual: late, before: last },
      score,
    };
  }

  #step(hypothesis: Hypothesis, i: number, k: number): Hypothesis | null {
    const at = this.#series.reference[i] ?? 0;
    const time = this.#series.packets[k] ?? 0;
    if (Math.abs(at - this.#expect(hypothesis, k)) <= NEAR) return null;
    const score =
      hypothesis.score + STEP + (hypothesis.fresh < 2 ? STEP_FROM_ONE : 0) + this.#passScore(hypothesis.last, i, k);
    if (score < this.#floor) return null;
    return {
      ...hypothesis,
      toldAt: time,
      fresh: 1,
      former: hypothesis.offset,
      last: { reference: i, packet: k, kind: 'step', residual: 0, before: hypothesis.last },
      offset: at - time,
      score,
    };
  }

  /** What events without packets cost, and counts that say otherwise. */
  #passScore(last: Node | null, i: number, k: number): number {
    if (!last || this.#series.partners) return 0;
    return lossScore(i - last.reference - 1) + this.#countScore(last, i, k);
  }

  #countScore(last: Node, i: number, k: number): number {
    const { counts } = this.#series;
    if (!counts) return 0;
    const counted = countsBetween(counts[last.packet] ?? 0, counts[k] ?? 0);
    const passed = i - last.reference;
    return counted === passed ? 0 : counted < passed ? COUNTS_FEWER : COUNTS_MORE;
  }
}

const toTrack = (hypothesis: Hypothesis | undefined): Omit<Track, 'rival'> => {
  const pairs: TrackedPair[] = [];
  const residuals: number[] = [];
  for (let node = hypothesis?.last ?? null; node; node = node.before) {
    pairs.push({ reference: node.reference, packet: node.packet, kind: node.kind });
    if (node.kind === 'prompt' && node.before) residuals.push(Math.abs(node.residual));
  }
  return { pairs: pairs.reverse(), score: hypothesis?.score ?? 0, residual: quantile(residuals, 0.5) };
};
