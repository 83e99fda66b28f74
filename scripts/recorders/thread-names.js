// @ts-check
/** Names of threads, and which of them are the kernel's, followed through time. */
import { readField } from './raw-lines.js';

/** @typedef {import('./raw-lines.js').RawEvent} RawEvent */

/** A thread that ended is remembered until so many others have. */
const REMEMBERED = 20_000;
/** The kernel's thread that makes the kernel's threads. */
const KTHREADD = 2;

export class ThreadNames {
  /** @type {Map<number, string>} */
  #nameOf = new Map();
  /** @type {Map<number, number>} tid -> when it had the name that was noted (ns), until an event of it is due */
  #notedAt = new Map();
  /** @type {Set<number>} */
  #kernelThreads = new Set();
  /** @type {Set<number>} oldest first */
  #ended = new Set();

  /**
   * @param {Record<string, string>} names tid -> name, as they are now
   * @param {number[]} kernelThreads
   */
  begin(names, kernelThreads) {
    for (const [tid, name] of Object.entries(names)) this.#nameOf.set(Number(tid), name);
    for (const tid of kernelThreads) this.#kernelThreads.add(tid);
  }

  /** @param {RawEvent} event read, but not due yet */
  note(event) {
    const { dir, tid, comm, type, pid, time } = event;
    // Events of different CPUs are read in any order; the earliest has the name that comes first.
    const known = this.#nameOf.has(tid);
    if (!known || time < (this.#notedAt.get(tid) ?? time)) {
      this.#nameOf.set(tid, comm);
      this.#notedAt.set(tid, time);
    }
    if (dir === '+' && pid === KTHREADD) this.#kernelThreads.add(Number(event.info));
    else if (type === 'switch') {
      const kernel = readField(event, 'kernel');
      if (kernel === '1') this.#kernelThreads.add(tid);
      else if (kernel === '0') this.#kernelThreads.delete(tid);
    }
  }

  /** @param {RawEvent} event that is due */
  see({ tid, comm }) {
    this.#notedAt.delete(tid);
    if (comm !== '') this.#nameOf.set(tid, comm);
  }

  /** @param {number} tid it begins */
  fork(tid) {
    this.#ended.delete(tid);
  }

  /**
   * @param {number} tid it ended
   * @returns {number[]} threads that ended long ago and are now forgotten
   */
  exit(tid) {
    this.#ended.delete(tid);
    this.#ended.add(tid);
    if (this.#ended.size <= REMEMBERED) return [];
    const gone = [...this.#ended].slice(0, REMEMBERED / 2);
    for (const old of gone) {
      this.#ended.delete(old);
      this.#nameOf.delete(old);
      this.#kernelThreads.delete(old);
    }
    return gone;
  }

  /** @param {number} tid */
  nameOf(tid) {
    return this.#nameOf.get(tid);
  }

  /** @param {number} tid */
  isKernelThread(tid) {
    return this.#kernelThreads.has(tid);
  }

  /** @type {(text: string) => string} a name without what %r pads it with */
  trim(text) {
    const at = text.indexOf('\\x00');
    return at < 0 ? text : text.slice(0, at);
  }
}
