/** Longest line that substitution may make; keepalived's own limit is 1,024. */
const MAX_LINE = 8192;
/** How many substitutions one configuration may take: definitions may contain each other. */
const MAX_SUBSTITUTIONS = 20_000;

const REFERENCE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)(?=[\s,)]|$))/g;

/** Parameters of a configuration (keepalived.conf(5), "Parameter substitution"), replaced when they are used. */
export class Definitions {
  readonly #lines = new Map<string, readonly string[]>();
  readonly #given: (readonly [name: string, text: string])[] = [];
  #left = MAX_SUBSTITUTIONS;

  /** Whether the limit on substitutions was reached: what followed stayed as it was. */
  get exhausted(): boolean {
    return this.#left <= 0;
  }

  /** @param lines more than one for a definition over several lines */
  define(name: string, lines: readonly string[]): void {
    this.#lines.set(name, lines);
    this.#given.push([name, lines.join(' ')]);
  }

  /** Names and every text they ever stood for: a later definition does not take back what an earlier one was put in for. */
  get given(): readonly (readonly [name: string, text: string])[] {
    return this.#given;
  }

  /**
   * Replace the first parameter of a line that is defined. One with several lines puts its first into the line, the others
   * behind it.
   *
   * @returns null when there is nothing to replace
   */
  substitute(line: string): readonly string[] | null {
    for (const match of line.matchAll(REFERENCE)) {
      const lines = this.#lines.get(match[1] ?? match[2] ?? '');
      if (!lines || this.#left <= 0) continue;
      this.#left--;
      const [first = '', ...rest] = lines;
      const whole = line.slice(0, match.index) + first + line.slice(match.index + match[0].length);
      return whole.length > MAX_LINE ? null : [whole, ...rest];
    }
    return null;
  }
}

const DEFINITION = /^\$([A-Za-z_]\w*)\s*=\s*(.*)$/s;

/** The name and first text of a line that defines a parameter; null for another line. */
export const parseDefinition = (line: string): { name: string; text: string } | null => {
  const [, name, text = ''] = DEFINITION.exec(line) ?? [];
  return name === undefined ? null : { name, text };
};
