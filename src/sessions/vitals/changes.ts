/** A number, or numbers by name to any depth. */
export type Counts = number | { readonly [name: string]: Counts };

/**
 * What of some counters differs from the last time, so that a line needs not repeat the rest. A name that is gone is
 * passed over, and told in full when it comes back.
 */
export class Changes {
  #before: Counts | null = null;

  /** @returns those that changed, with their present values; null where none did */
  since(now: Counts): Counts | null {
    const changed = this.#before === null ? now : difference(this.#before, now);
    this.#before = now;
    return changed;
  }
}

const difference = (before: Counts, now: Counts): Counts | null => {
  if (typeof now === 'number' || typeof before === 'number') return before === now ? null : now;
  const changed: Record<string, Counts> = {};
  for (const [name, value] of Object.entries(now)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const part = old === undefined ? value : difference(old, value);
    if (part !== null) changed[name] = part;
  }
  return Object.keys(changed).length > 0 ? changed : null;
};
