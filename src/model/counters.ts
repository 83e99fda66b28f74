export type Severity = 'info' | 'notice' | 'error' | 'data-loss';

/** What a counter speaks of: any input before its kind is known, one kind of input, a session folder, or what was made of them. */
export type CounterSource = 'input' | 'trace' | 'capture' | 'log' | 'vitals' | 'session' | 'analysis' | 'comparison';

/** One named count of something out of the ordinary, as the answer shows it. */
export interface Counter {
  readonly name: string;
  readonly severity: Severity;
  readonly source: CounterSource;
  readonly count: number;
  /** One sentence: what it means and what to do. */
  readonly help: string;
}

/** What a counter means; each room that counts keeps its own definitions beside its code. */
export interface CounterDefinition {
  readonly name: string;
  readonly severity: Severity;
  readonly source: CounterSource;
  /** One sentence or two: what it means and what to do. */
  readonly help: string;
}

/** The one table into which everything malformed, inferred or lost is counted. */
export class CounterTable {
  readonly #counts = new Map<string, { definition: CounterDefinition; count: number }>();

  /** Add `by` (default 1) to a counter. */
  add(definition: CounterDefinition, by = 1): void {
    const entry = this.#counts.get(definition.name);
    if (entry) entry.count += by;
    else this.#counts.set(definition.name, { definition, count: by });
  }

  /** Set all counts back to nothing. */
  clear(): void {
    this.#counts.clear();
  }

  get(name: string): number {
    return this.#counts.get(name)?.count ?? 0;
  }

  /** All counters above zero, by name. */
  list(): Counter[] {
    return [...this.#counts.values()]
      .filter((entry) => entry.count > 0)
      .map(({ definition, count }) => ({
        name: definition.name,
        severity: definition.severity,
        source: definition.source,
        count,
        help: definition.help,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }
}
