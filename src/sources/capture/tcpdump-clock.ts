import type { ClockKind } from '../../model/advertisement.js';
import type { CaptureContext } from './context.js';
import { TEXT_MISSING_LINES, TEXT_TIME_BACKWARDS, TEXT_ZONE_ASSUMED } from './problems.js';
import type { PrintedTime } from './tcpdump-time.js';
import type { PrintedAdvertisement } from './tcpdump-line.js';

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
const DAY = 24n * HOUR;

/** Gaps fit their interval when at least half of them are less than half an interval away from it. */
const FITS = 0.5;

/** One reading of the printed times: each as a running time, ns. */
interface Reading {
  readonly times: bigint[];
  earliest: bigint;
  latest: bigint;
}

const startReading = (): Reading => ({ times: [], earliest: 0n, latest: 0n });

const extend = (reading: Reading, time: bigint, isFirst: boolean): void => {
  if (isFirst || time < reading.earliest) reading.earliest = time;
  if (isFirst || time > reading.latest) reading.latest = time;
};

/** What the times of a text came to, ns on its own clock. */
export interface ResolvedTimes {
  readonly clock: ClockKind;
  /** One for each advertisement that was kept, in order. */
  readonly times: readonly bigint[];
  readonly earliest: bigint;
  readonly latest: bigint;
}

/** Median of how far gaps between advertisements of one instance are from their interval, in intervals. */
const measureMisfit = (times: readonly bigint[], advertisements: readonly PrintedAdvertisement[]): number | null => {
  const before = new Map<string, bigint>();
  const misfits: number[] = [];
  for (const [i, { vrid, family, source, destination, intervalNs }] of advertisements.entries()) {
    const key = `${String(vrid)} ${family} ${source} ${destination}`;
    const time = times[i] ?? 0n;
    const previous = before.get(key);
    if (previous !== undefined && intervalNs !== null) {
      misfits.push(Math.abs(Number(time - previous) - intervalNs) / intervalNs);
    }
    before.set(key, time);
  }
  misfits.sort((a, b) => a - b);
  return misfits[Math.floor(misfits.length / 2)] ?? null;
};

/**
 * Turns printed times into times on one clock, line by line.
 *
 * Hours, minutes and seconds can be three things, told apart at the end:
 * - **time of day** (the default): no sign column, and the first time is not exactly 0;
 * - **since the previous line** (-ttt) or **since the first line** (-ttttt), which look the same. Times since the first
 *   line never decrease (out-of-order packets and the wrap after 24 hours apart), differences do as soon as they jitter.
 *   So a text whose times decrease is -ttt, unless fewer than one line in twenty does and -ttttt makes the
 *   gaps between advertisements fit their printed interval better. A text that never decreases is -ttt only if that
 *   makes those gaps fit, and better than -ttttt does (of two lines, both mean the same).
 *
 * A time of day, or since the first line, that is over two hours less than the one above means that midnight (or 24
 * hours) passed in between: both forms print hours modulo 24.
 */
export class TcpdumpClock {
  readonly #context: CaptureContext;
  /** -tt, -tttt, the time of day, -ttttt. */
  readonly #running = startReading();
  /** -ttt. */
  readonly #summed = startReading();
  #lines = 0;
  #signColumns = 0;
  #decreases = 0;
  #backwards = 0;
  #missing = 0;
  #firstPrinted = 0n;
  #previous = 0n;
  #previousIndex: number | null = null;
  #days = 0n;
  #sum = 0n;
  #now = 0n;

  constructor(context: CaptureContext) {
    this.#context = context;
  }

  /** Take the time of the next line that names a packet. All lines must have the same shape. */
  addLine(printed: PrintedTime): void {
    const isFirst = this.#lines === 0;
    if (isFirst) this.#firstPrinted = printed.ns;
    const step = isFirst ? 0n : printed.ns - this.#previous;
    if (step < 0n) this.#decreases++;
    let held = false;
    if (printed.shape === 'hms') {
      if (step < -2n * HOUR) this.#days++;
      // Out of order around midnight: a line of the day before.
      held = step > 22n * HOUR && this.#days > 0n;
    }
    if (step < -SECOND && (printed.shape !== 'hms' || step >= -2n * HOUR)) this.#backwards++;
    if (printed.index !== null && this.#previousIndex !== null && printed.index !== this.#previousIndex + 1) {
      this.#missing++;
    }
    this.#now = printed.ns + (held ? this.#days - 1n : this.#days) * DAY;
    this.#sum += isFirst ? 0n : printed.ns;
    extend(this.#running, this.#now, isFirst);
    extend(this.#summed, this.#sum, isFirst);
    if (printed.hasSignColumn) this.#signColumns++;
    if (!held) this.#previous = printed.ns;
    this.#previousIndex = printed.index;
    this.#lines++;
  }

  /** Where the line taken last stands; keep it, and call {@link keepAt} with it for an advertisement. */
  get position(): { readonly running: bigint; readonly summed: bigint } {
    return { running: this.#now, summed: this.#sum };
  }

  /** The advertisement at this position was kept. */
  keepAt(position: { readonly running: bigint; readonly summed: bigint }): void {
    this.#running.times.push(position.running);
    this.#summed.times.push(position.summed);
  }

  /** Decide what the times meant, and count what is odd about them. */
  resolve(shape: PrintedTime['shape'], advertisements: readonly PrintedAdvertisement[]): ResolvedTimes {
    const { counters } = this.#context;
    const isRelative = shape === 'hms' && (this.#firstPrinted === 0n || 2 * this.#signColumns > this.#lines);
    if (isRelative && this.#areDifferences(advertisements)) {
      counters.add(TEXT_MISSING_LINES, this.#missing);
      return { clock: 'relative', ...this.#summed };
    }
    counters.add(TEXT_TIME_BACKWARDS, this.#backwards);
    if (shape === 'date') counters.add(TEXT_ZONE_ASSUMED);
    if (shape !== 'hms') return { clock: 'epoch', ...this.#running };
    if (!isRelative) return { clock: 'time-of-day', ...this.#running };
    const start = this.#firstPrinted;
    return {
      clock: 'relative',
      times: this.#running.times.map((time) => time - start),
      earliest: this.#running.earliest - start,
      latest: this.#running.latest - start,
    };
  }

  #areDifferences(advertisements: readonly PrintedAdvertisement[]): boolean {
    const asSum = measureMisfit(this.#summed.times, advertisements);
    const asRunning = measureMisfit(this.#running.times, advertisements);
    const comparable = asSum !== null && asRunning !== null;
    if (this.#decreases === 0) return comparable && asSum < asRunning && asSum < FITS;
    return !(20 * this.#decreases < this.#lines && comparable && asRunning < asSum);
  }
}
