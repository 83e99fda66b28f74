import type { NameTable } from '../model/event-batch.js';
import type { Cpus } from './cpus.js';
import { recordPicture } from './lane-records.js';
import type { ProcessTable } from './processes.js';
import type { ClosedWindow } from './own-row.js';
import type { SendWindow } from './segments.js';

/** Stretches a CPU has in a picture: of the first pictures, and of the rest, so that memory holds. */
const PICTURE_STRETCHES = 128;
const PICTURES_IN_FULL = 500;
const STRETCHES_OF_MORE = 32;

/** Of which windows pictures are wanted: of none, of those that exceed their interval by so much (ns), of all. */
export type WantedPictures = 'none' | 'all' | { readonly afterNs: number };

/** Keeps who ran on every CPU during windows, for pictures. */
export class Pictures {
  readonly #wanted: WantedPictures;
  #taken = 0;

  constructor(wanted: WantedPictures) {
    this.#wanted = wanted;
  }

  /**
   * The picture of a window, null where none is wanted.
   *
   * @param lateness by how much it exceeds its interval, ns
   * @param maybe it cannot be told from its length whether it is late
   */
  take(
    { attempt, from }: ClosedWindow,
    lateness: number,
    maybe: boolean,
    cpus: Cpus,
    processes: ProcessTable,
    names: NameTable | null,
  ): SendWindow['picture'] {
    const wanted = this.#wanted;
    if (wanted === 'none' || from === null) return null;
    if (wanted !== 'all' && !maybe && lateness <= wanted.afterNs) return null;
    this.#taken++;
    const most = this.#taken <= PICTURES_IN_FULL ? PICTURE_STRETCHES : STRETCHES_OF_MORE;
    return recordPicture(cpus, processes, names, from, attempt.time, most);
  }
}
