// @ts-check
/**
 * What a recording lost. Three things tell:
 *
 * - The tracer says "Lost N events" when it reads a buffer again that was full: the kernel counted them. What a buffer missed after it
 *   was read for the last time nobody tells so.
 * - Beats have numbers, counted on their CPU. Numbers that are missing are lines that were lost; a CPU that stood still (its host did
 *   not run it) numbered none meanwhile, and comes back with the next number: nothing was lost, however long the silence.
 * - At its end the tracer tells how many beats each CPU numbered. Those behind the last one that was read were lost.
 *
 * A recording whose tracer was killed has not the third: then a CPU that is silent at the end, while others go on for over a second, counts as
 * lost, as its buffer was most likely not read again. Recordings without numbers: the same.
 */

/** @typedef {import('./raw-lines.js').Beat} Beat */

/** trace.bt has every CPU print a beat this often (ns); one that is silent for so long until the end has lost its events (ns). */
const BEAT = 30_000_000;
const ABANDONED = 1_000_000_000;

/** Counts lost events; of beats at least so many as are missing. */
export class LossAccount {
  #told = 0;
  #missing = 0;
  #missingAtEnd = 0;
  #counts;
  /** @type {Map<number, Beat>} the newest beat of each CPU whose end was not told */
  #newest = new Map();
  /** When the first beat of all was, and the last (ns). */
  #begin = Number.POSITIVE_INFINITY;
  #end = Number.NEGATIVE_INFINITY;

  /**
   * @param {(from: number, to: number) => boolean} [counts] whether what is lost between two times (ns, as the beats have them) counts;
   *   default: all
   */
  constructor(counts = () => true) {
    this.#counts = counts;
  }

  /** @returns {number} events known to be lost, at least */
  get lost() {
    // Beats that are missing in between were in a full buffer, so what the tracer told has them.
    return Math.max(this.#told, this.#missing) + this.#missingAtEnd + this.#countSilentEnds();
  }

  /** @param {number} events as the tracer told */
  noteTold(events) {
    this.#told += events;
  }

  /** @param {Beat} beat in the order in which its CPU had them */
  noteBeat(beat) {
    const before = this.#newest.get(beat.cpu);
    // A smaller number is of another run of the tracer.
    if (before && before.number >= 0 && beat.number > before.number && this.#counts(before.time, beat.time)) {
      this.#missing += beat.number - before.number - 1;
    }
    if (!before || beat.time > before.time || beat.number >= 0) this.#newest.set(beat.cpu, beat);
    this.#begin = Math.min(this.#begin, beat.time);
    this.#end = Math.max(this.#end, beat.time);
  }

  /**
   * @param {number} cpu
   * @param {number} number how many beats it had when the tracer ended
   */
  noteEnd(cpu, number) {
    const newest = this.#newest.get(cpu);
    this.#newest.delete(cpu);
    const from = newest?.time ?? this.#begin;
    if (from === Number.POSITIVE_INFINITY || !this.#counts(from, Math.max(from, this.#end))) return;
    if (newest) this.#missingAtEnd += Math.max(0, number - newest.number);
    // Nothing of this CPU was ever read; its beats before the first part that is there do not count.
    else this.#missingAtEnd += Math.min(number, Math.floor((this.#end - this.#begin) / BEAT));
  }

  #countSilentEnds() {
    let missing = 0;
    for (const { time } of this.#newest.values()) {
      const silent = this.#end - time;
      if (silent > ABANDONED && this.#counts(time, this.#end)) missing += Math.floor(silent / BEAT);
    }
    return missing;
  }
}
