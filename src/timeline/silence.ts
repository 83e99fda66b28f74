import { UsualGap } from './usual-gap.js';

/** Where a row stands: `evt.num` and line. */
export interface RowNumbers {
  readonly num: number;
  readonly line: number;
}

/** A stretch in which no CPU recorded anything, in ns, with the rows around it. */
export interface Silence {
  readonly from: number;
  readonly to: number;
  readonly before: RowNumbers;
  readonly after: RowNumbers;
}

/** Time given in slices: silences and the bits between them, ns. */
export interface Slices {
  readonly from: number;
  readonly to: number;
}

/** Shorter silences are ordinary: recorders wake about every 30 (sysdig) or 50 ms (bpftrace) when nothing happens. */
const MIN_SILENCE = 60_000_000;
const MAX_SILENCES = 65_536;
/** A silence counts against the VM only when it is this many times the trace's usual one. */
const UNUSUAL = 1.5;
/**
 * A host that gives time in slices does so for long, and what it does for most of a trace must not become usual: an
 * ordinary second is one of the quietest tenth. Observed: 2 to 32 ms with the real recorders, also under quotas.
 */
const ORDINARY = 0.1;
/**
 * A host gives time in slices where this many unusual silences follow each other, none of the bits between two of them
 * longer than this share of the shorter one, nor than this (ns): half of the time is silent at least. Observed: 63 to
 * 100 % under quotas and duty cycles; with busy guests never more than one silence, 6 % of the time.
 */
const SLICES = 3;
const BIT_SHARE = 1.5;
const LONGEST_BIT = 500_000_000;

/**
 * Silences of the whole trace, or of one CPU of it. A recorder has a rhythm of its own (about 30 ms with sysdig), so a VM that runs is hardly
 * ever silent; how long is usual is learnt from the trace itself.
 */
export class SilenceLog {
  #silences: Silence[] = [];
  #slices: Slices[] | null = null;
  /** The newest event: its time (ns), its number, its line. In an array: fields would make an object a row. */
  readonly #newest = Float64Array.of(Number.NEGATIVE_INFINITY, -1, 0);
  readonly #usual = new UsualGap(ORDINARY);
  /** Silences that were forgotten, the shortest ones, because there were too many. */
  forgotten = 0;

  /** An event at `time` (ns), in row `num` on line `line`. */
  note(time: number, num: number, line: number): void {
    const newest = this.#newest;
    const [from = 0, numBefore = -1, lineBefore = 0] = newest;
    if (time <= from) return;
    if (time - from > this.dullNs || time >= this.dullUntil) {
      this.noteGap(from, time, { num: numBefore, line: lineBefore }, { num, line });
    }
    newest[0] = time;
    newest[1] = num;
    newest[2] = line;
  }

  /** A gap up to this long (ns) that ends before {@link dullUntil} needs no note; most are of that kind. */
  get dullNs(): number {
    return Math.min(this.#usual.longestNs, MIN_SILENCE - 1);
  }

  /** ns. */
  get dullUntil(): number {
    return this.#usual.secondEnds;
  }

  /** No event from `from` to `time` (ns); for whoever keeps the newest row himself. */
  noteGap(from: number, time: number, before: RowNumbers, after: RowNumbers): void {
    const gap = time - from;
    if (gap === Number.POSITIVE_INFINITY) return;
    this.#usual.note(time, gap);
    if (gap >= MIN_SILENCE) this.#keep({ from, to: time, before, after });
  }

  /** The longest silence (ns) of an ordinary second. */
  get usualNs(): number {
    return this.#usual.ns;
  }

  /**
   * Take out the silence that ends at (or spans) `time`: it was no silence but the clock being set forward.
   *
   * @param slack ns between the row that tells and the step itself
   * @returns its length (ns), or null when there is none
   */
  takeAt(time: number, slack: number): Silence | null {
    const index = this.#silences.findIndex((silence) => silence.from <= time && time <= silence.to + slack);
    this.#slices = null;
    return index < 0 ? null : (this.#silences.splice(index, 1)[0] ?? null);
  }

  /** Unusual silences that overlap [from, to], cut to it. */
  between(from: number, to: number): Silence[] {
    return this.#unusual(from, to).map((silence) => cut(silence, from, to));
  }

  /** Where time was given in slices within [from, to], cut to it. To be asked when the trace has ended. */
  slicesBetween(from: number, to: number): Slices[] {
    this.#slices ??= findSlices(this.#unusual(-Infinity, Infinity));
    return this.#slices.filter((slices) => slices.to > from && slices.from < to).map((slices) => cut(slices, from, to));
  }

  #unusual(from: number, to: number): Silence[] {
    const least = Math.max(MIN_SILENCE, UNUSUAL * this.usualNs);
    return this.#silences.filter(
      (silence) => silence.to > from && silence.from < to && silence.to - silence.from >= least,
    );
  }

  /** How many are kept. */
  get size(): number {
    return this.#silences.length;
  }

  /** Keep only the longer half. */
  halve(): void {
    const kept = Math.ceil(this.#silences.length / 2);
    this.forgotten += this.#silences.length - kept;
    this.#silences.sort((a, b) => lengthOf(b) - lengthOf(a));
    this.#silences.length = kept;
    this.#silences.sort((a, b) => a.from - b.from);
    this.#slices = null;
  }

  #keep(silence: Silence): void {
    if (this.#silences.length >= MAX_SILENCES) this.halve();
    this.#silences.push(silence);
    this.#slices = null;
  }
}

const cut = <T extends Slices>(stretch: T, from: number, to: number): T => ({
  ...stretch,
  from: Math.max(from, stretch.from),
  to: Math.min(to, stretch.to),
});

/** Silences in time order that follow each other closely, of which there are enough. */
const findSlices = (silences: readonly Silence[]): Slices[] => {
  const found: { from: number; to: number; count: number }[] = [];
  silences.forEach((silence, i) => {
    const { from, to } = silence;
    const before = silences[i - 1];
    const group = found.at(-1);
    if (
      before &&
      group &&
      from - before.to <= Math.min(LONGEST_BIT, BIT_SHARE * Math.min(to - from, lengthOf(before)))
    ) {
      group.to = to;
      group.count++;
    } else found.push({ from, to, count: 1 });
  });
  return found.filter(({ count }) => count >= SLICES).map(({ from, to }) => ({ from, to }));
};

const lengthOf = ({ from, to }: Slices): number => to - from;
