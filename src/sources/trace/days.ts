const DAY = 86_400;

/** Counts the days of times of day, in file order: midnight may be passed several times, in both directions, where rows are out of order. */
export class Days {
  readonly #least: number;
  #day = 0;
  #before: number | null = null;

  /** @param least before this day there is none: what seems to lie before it is of it */
  constructor(least = Number.NEGATIVE_INFINITY) {
    this.#least = least;
  }

  /** From here on the first day has this number, as if no time had been taken yet. */
  start(day: number): void {
    this.#day = day;
    this.#before = null;
  }

  /** Seconds since midnight of day 0. @param ofDay the next time of day, s */
  unroll(ofDay: number): number {
    if (this.#before !== null) {
      if (ofDay < this.#before - DAY / 2) this.#day++;
      else if (ofDay > this.#before + DAY / 2 && this.#day > this.#least) this.#day--;
    }
    this.#before = ofDay;
    return ofDay + this.#day * DAY;
  }
}
