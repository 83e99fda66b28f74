import { UsualGap } from './usual-gap.js';

/** A stretch in which no CPU recorded anything, in ns, with the rows around it. */
export interface Silence {
  readonly from: number;
  readonly to: number;
  readonly before: { readonly num: number; readonly line: number };
  readonly after: { readonly num: number; readonly line: number };
}

/** Shorter silences are ordinary: recorders wake about every 30 (sysdig) or 50 ms (bpftrace) when nothing happens. */
const MIN_SILENCE = 60_000_000;
const MAX_SILENCES = 65_536;
/** A silence counts against the VM only when it is this many times the trace's usual one. */
const UNUSUAL = 1.5;

/**
 * Silences of the whole trace. A recorder has a rhythm of its own (about 30 ms with sysdig), so a VM that runs is hardly
 * ever silent; how long is usual is learnt from the trace itself.
 */
export class SilenceLog {
  #silences: Silence[] = [];
  #last: { time: number; num: number; line: number } | null = null;
  readonly #usual = new UsualGap();

  /** An event at `time` (ns). */
  note(time: number, num: number, line: number): void {
    const last = this.#last;
    if (!last) {
      this.#last = { time, num, line };
      return;
    }
    const gap = time - last.time;
    if (gap <= 0) return;
    this.#usual.note(time, gap);
    if (gap >= MIN_SILENCE)
      this.#keep({ from: last.time, to: time, before: { num: last.num, line: last.line }, after: { num, line } });
    last.time = time;
    last.num = num;
    last.line = line;
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
    return index < 0 ? null : (this.#silences.splice(index, 1)[0] ?? null);
  }

  /** Unusual silences that overlap [from, to], cut to it. */
  between(from: number, to: number): Silence[] {
    const least = Math.max(MIN_SILENCE, UNUSUAL * this.usualNs);
    return this.#silences
      .filter((silence) => silence.to > from && silence.from < to && silence.to - silence.from >= least)
      .map((silence) => ({ ...silence, from: Math.max(from, silence.from), to: Math.min(to, silence.to) }));
  }

  #keep(silence: Silence): void {
    if (this.#silences.length >= MAX_SILENCES) {
      this.#silences.sort((a, b) => b.to - b.from - (a.to - a.from));
      this.#silences.length = MAX_SILENCES / 2;
      this.#silences.sort((a, b) => a.from - b.from);
    }
    this.#silences.push(silence);
  }
}
