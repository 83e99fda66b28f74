import { PackedRecords } from './packed-records.js';
import type { SendWindow } from './segments.js';

/** What details of all windows may take together, bytes. */
const MOST_BYTES = 64 * 2 ** 20;
/** About what one of them takes, bytes. */
const SEGMENT_BYTES = 700;
const REARM_BYTES = 300;
const ALIVE_BYTES = 150;
/** So that nobody is accused of what happened in a window without its details. */
const CONTRADICTORY = 1_000_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Kept {
  readonly window: Mutable<SendWindow>;
  readonly excess: number;
  readonly bytes: number;
}

/** The details of closed windows: when there are too many, those of the least late windows are forgotten. */
export class WindowDetails {
  #kept: Kept[] = [];
  #bytes = 0;
  readonly #most: number;
  /** Windows whose details were forgotten. */
  forgotten = 0;

  /** @param most bytes that all may take together */
  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  /**
   * A window was closed. It may lose its details later.
   *
   * @param excess by how much it is longer than its interval, ns
   */
  add(window: SendWindow, excess: number): void {
    const bytes =
      SEGMENT_BYTES * (window.segments?.length ?? 0) +
      REARM_BYTES * window.rearms.length +
      ALIVE_BYTES * window.alive.length +
      bytesOf(window.lanes) +
      bytesOf(window.picture);
    if (bytes === 0) return;
    this.#kept.push({ window, excess, bytes });
    this.#bytes += bytes;
    if (this.#bytes > this.#most) this.#halve();
  }

  #halve(): void {
    this.#kept.sort((a, b) => b.excess - a.excess);
    let bytes = 0;
    let count = 0;
    while (count < this.#kept.length && bytes + (this.#kept[count]?.bytes ?? 0) <= this.#most / 2) {
      bytes += this.#kept[count]?.bytes ?? 0;
      count++;
    }
    for (const { window } of this.#kept.splice(count)) {
      Object.assign(window, {
        segments: null,
        lanes: null,
        picture: null,
        alive: [],
        rearms: [],
        contradictions: CONTRADICTORY,
      });
      this.forgotten++;
    }
    this.#bytes = bytes;
  }
}

const bytesOf = (lanes: SendWindow['lanes']): number => {
  let bytes = 0;
  for (const records of lanes?.values() ?? []) {
    if (records instanceof PackedRecords) bytes += records.bytes;
  }
  return bytes;
};
