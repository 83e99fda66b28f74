/** Makes of times as strace writes them, in file order, times on one scale. */

const DAY = 86_400;

export class StraceClock {
  #days = 0;
  #before: number | null = null;
  #seconds = 0;
  #nanos = 0;

  /** Take a time, the next one of the text: since 1970 (`epoch`) or midnight, which may be passed in both directions. */
  take(form: 'epoch' | 'time-of-day', seconds: number, nanos: number): void {
    this.#seconds = seconds;
    this.#nanos = nanos;
    if (form === 'epoch') return;
    if (this.#before !== null) {
      if (seconds < this.#before - DAY / 2) this.#days++;
      // The first day is day 0: before it there is none.
      else if (seconds > this.#before + DAY / 2 && this.#days > 0) this.#days--;
    }
    this.#before = seconds;
    this.#seconds = seconds + this.#days * DAY;
  }

  /** Of the time taken last: since 1970, or midnight of the first day; an integer. */
  get seconds(): number {
    return this.#seconds;
  }

  /** 0 to 999,999,999. */
  get nanos(): number {
    return this.#nanos;
  }
}
