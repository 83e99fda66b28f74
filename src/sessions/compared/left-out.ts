import type { SessionSelf } from './read-self.js';
import type { HashedInput, SessionInputs } from './session-inputs.js';

/** What is said of a session that does not count. */
const FLIGHT =
  'the folder of a flight recorder, which keeps only what was late: it says nothing about how often that happens';
const LATE = 'kept by a flight recorder because something was late: it says nothing about how often that happens';
const EMPTY = 'holds neither a trace nor a capture';

/** Shorter than the header of a pcap file, nothing tells two files apart. */
const TELLING_BYTES = 25;
const RECORDS = /^(?:trace|capture)\.(?!.*\.stats\.txt$)/;

/** Why a session must not count, whatever its files hold; null where it may. */
export const whyNotCounted = ({ kind }: SessionSelf): string | null =>
  kind === 'flight' ? FLIGHT : kind === 'late' ? LATE : null;

/** Why there is nothing to count; null where there is. */
export const whyEmpty = ({ hasRecords }: SessionInputs): string | null => (hasRecords ? null : EMPTY);

/** Finds copies of a session among others: one recording counts once. */
export class SeenSessions {
  readonly #pathOf = new Map<string, string>();

  /**
   * Why a session is none of its own; null where it is.
   *
   * @param inputs null where they could not be read
   */
  whyCopy(self: SessionSelf, inputs: readonly HashedInput[] | null): string | null {
    const path = marksOf(self, inputs)
      .map((mark) => this.#pathOf.get(mark))
      .find((found) => found !== undefined);
    return path === undefined ? null : `the same session as ${path}`;
  }

  /** Note a session that counts. */
  add(path: string, self: SessionSelf, inputs: readonly HashedInput[] | null): void {
    for (const mark of marksOf(self, inputs)) if (!this.#pathOf.has(mark)) this.#pathOf.set(mark, path);
  }
}

/** What two folders share that hold the same recording: its number, or all it recorded. */
const marksOf = ({ identity }: SessionSelf, inputs: readonly HashedInput[] | null): string[] => {
  const records = (inputs ?? [])
    .filter(({ name, bytes }) => RECORDS.test(name) && bytes >= TELLING_BYTES)
    .map(({ sha256 }) => sha256)
    .sort();
  return [
    ...(identity === null ? [] : [`recording ${identity}`]),
    ...(records.length === 0 ? [] : [`records ${records.join(' ')}`]),
  ];
};
