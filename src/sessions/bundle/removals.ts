/** Something that is not in a bundle though it was in the session. */
export interface Removal {
  /** What it was, never the thing itself. */
  readonly what: string;
  /** The file it was in, as it is called in the bundle or the folder. */
  readonly where: string;
  readonly count: number;
}

/** What was removed from the files of a session, or left out, is counted here. */
export class Removals {
  readonly #counts = new Map<string, { what: string; where: string; count: number }>();

  note(what: string, where: string, count = 1): void {
    if (count === 0) return;
    const key = `${where}\0${what}`;
    const entry = this.#counts.get(key) ?? { what, where, count: 0 };
    entry.count += count;
    this.#counts.set(key, entry);
  }

  /** By file, then by what. */
  list(): Removal[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => ({ ...entry }));
  }
}
