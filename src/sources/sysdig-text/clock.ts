import type { ClockKind } from '../../model/advertisement.js';
import { ENTER } from '../../model/event-batch.js';
import { Days } from '../trace/days.js';
import type { TimeForm, WrittenTime } from './time.js';

/** What the times of a text are: one form of {@link TimeForm}, and of counts whether they begin anew at each event. */
export type TimeMeaning = 'time-of-day' | 'epoch' | 'since-start' | 'since-event' | 'since-call';

/** What an event tells of how times are written. */
export interface TimeSample extends Pick<WrittenTime, 'form' | 'seconds' | 'nanos'> {
  readonly dir: number;
}

const NS_PER_SECOND = 1_000_000_000;
/** 2^63 and 2^64 ns. */
const NEGATIVE_FROM = 9_223_372_036;
const TWO_64_SECONDS = 18_446_744_073;
const TWO_64_NANOS = 709_551_616;
/** A time since the start goes back only where buffers are out of order; a length does at every other event. */
const MOST_STEPS_BACK = 0.2;
/** -t d writes 0 for the beginning of every call; other forms for the first event alone. */
const LEAST_NOUGHTS = 0.25;

/** The form that most of the times have, the first of them where several are as common. */
export const commonForm = (samples: readonly TimeSample[]): TimeForm | null => {
  const counts = new Map<TimeForm, number>();
  for (const { form } of samples) counts.set(form, (counts.get(form) ?? 0) + 1);
  let best: TimeForm | null = null;
  for (const [form, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = form;
  return best;
};

/**
 * Tell -t r (since the first event), -t D (since the event before) and -t d (since the call began) apart, which are
 * written alike.
 *
 * @param samples the text's first events, all of form `count`
 */
export const meaningOfCounts = (samples: readonly TimeSample[]): TimeMeaning => {
  let noughts = 0;
  let back = 0;
  let enters = 0;
  for (const [i, { seconds, nanos, dir }] of samples.entries()) {
    if (dir === ENTER) enters++;
    const before = samples[i - 1];
    if (!before) continue;
    if (seconds === 0 && nanos === 0) noughts++;
    if (seconds < before.seconds || (seconds === before.seconds && nanos < before.nanos)) back++;
  }
  const steps = samples.length - 1;
  if (steps > 1 && noughts >= LEAST_NOUGHTS * steps) return 'since-call';
  if (back <= MOST_STEPS_BACK * steps) return 'since-start';
  // Without the beginnings of calls nothing tells lengths of calls from those between events.
  return enters === 0 ? 'since-call' : 'since-event';
};

/** Makes of times as they are written, in file order, times on one scale. */
export class TextClock {
  readonly kind: ClockKind;
  readonly #meaning: TimeMeaning;
  readonly #days = new Days();
  #seconds = 0;
  #nanos = 0;

  constructor(meaning: TimeMeaning) {
    this.#meaning = meaning;
    this.kind = meaning === 'time-of-day' || meaning === 'epoch' ? meaning : 'relative';
  }

  /** Take a time, the next one of the text. Of a text's first times the day may be -1: see {@link startDay}. */
  take({ seconds, nanos }: Pick<WrittenTime, 'seconds' | 'nanos'>): void {
    this.#seconds = seconds;
    this.#nanos = nanos;
    if (this.#meaning === 'time-of-day') this.#seconds = this.#days.unroll(seconds);
    else if (seconds >= NEGATIVE_FROM && this.#meaning !== 'epoch') this.#makeNegative();
    if (this.#meaning === 'since-event') this.#sum();
  }

  /** Of the time taken last: since 1970, midnight of day 0, or the first event; an integer. */
  get seconds(): number {
    return this.#seconds;
  }

  /** 0 to 999,999,999. */
  get nanos(): number {
    return this.#nanos;
  }

  /** From here on the first day has this number, and no time was taken yet. */
  startDay(day: number): void {
    this.#days.start(day);
  }

  #makeNegative(): void {
    this.#seconds -= TWO_64_SECONDS;
    this.#nanos -= TWO_64_NANOS;
    this.#carry();
  }

  #sumSeconds = 0;
  #sumNanos = 0;

  #sum(): void {
    this.#seconds += this.#sumSeconds;
    this.#nanos += this.#sumNanos;
    this.#carry();
    this.#sumSeconds = this.#seconds;
    this.#sumNanos = this.#nanos;
  }

  #carry(): void {
    const carry = Math.floor(this.#nanos / NS_PER_SECOND);
    this.#seconds += carry;
    this.#nanos -= carry * NS_PER_SECOND;
  }
}
