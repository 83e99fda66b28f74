import { MOST_SENDERS } from './caps.js';
import type { SenderTrack } from './sender-track.js';

const FILTER = 4096;

/** The tracks of the sending threads by tid. Asked for every row, and there are few: a filter answers most. */
export class SenderTracks {
  readonly #tracks = new Map<number, SenderTrack>();
  /** 1 where a sender's tid, modulo its length, is or was. */
  readonly #filter = new Uint8Array(FILTER);

  get(tid: number): SenderTrack | undefined {
    return this.#filter[tid & (FILTER - 1)] === 0 ? undefined : this.#tracks.get(tid);
  }

  /** @returns the track that was forgotten for it: of those who have sent nothing for the longest time; null: none */
  add(track: SenderTrack): SenderTrack | null {
    let forgotten: SenderTrack | null = null;
    if (this.#tracks.size >= MOST_SENDERS) {
      const oldest = this.#tracks.values().next();
      if (oldest.done !== true) {
        forgotten = oldest.value;
        this.#tracks.delete(forgotten.tid);
      }
    }
    this.#filter[track.tid & (FILTER - 1)] = 1;
    this.#tracks.set(track.tid, track);
    return forgotten;
  }

  /** A sender has sent: of them all it is the last to be forgotten. */
  touch(track: SenderTrack): void {
    if (this.#tracks.size < MOST_SENDERS / 2) return;
    this.#tracks.delete(track.tid);
    this.#tracks.set(track.tid, track);
  }

  delete(tid: number): void {
    this.#tracks.delete(tid);
  }

  get size(): number {
    return this.#tracks.size;
  }

  all(): IterableIterator<SenderTrack> {
    return this.#tracks.values();
  }
}
