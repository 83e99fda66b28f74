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

  add(track: SenderTrack): void {
    this.#filter[track.tid & (FILTER - 1)] = 1;
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
