import { displayText } from '../../model/display.js';

/** What a setting may be. */
export type Setting = string | number | boolean;

/** The settings of a machine: flat, dotted names with the unit at their end, so that two can be compared key by key. */
export type Environment = Readonly<Record<string, Setting>>;

const MAX_VALUE = 500;
const MAX_NAME = 160;

const shorten = (text: string, limit: number): string => (text.length > limit ? `${text.slice(0, limit)}...` : text);

/** One part of a dotted name from text that may hold anything, dots included. */
export const namePart = (text: string): string => shorten(text.replace(/[^A-Za-z0-9_-]/g, '_'), 60) || '_';

/**
 * A value as the kernel writes it: a whole number becomes one, if it is exact; blank text becomes null.
 */
export const settingOf = (text: string): string | number | null => {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  if (trimmed === '') return null;
  return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
};

/** Collects settings, and the names of what could not be read. */
export class Snapshot {
  readonly #settings = new Map<string, Setting>();
  readonly #unread = new Map<string, string>();

  /** Note a setting; null and undefined mean that there is none. Control characters are made visible. */
  set(name: string, value: Setting | null | undefined): void {
    if (value === null || value === undefined) return;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.unread(name, 'not a number');
      return;
    }
    this.#settings.set(
      shorten(displayText(name), MAX_NAME),
      typeof value === 'string' ? shorten(displayText(value), MAX_VALUE) : value,
    );
  }

  /** Note that a setting is there but could not be read. */
  unread(name: string, why: string): void {
    this.#unread.set(shorten(displayText(name), MAX_NAME), why);
  }

  /** All settings with sorted names, and `environment.unread` for what is missing among them. */
  finish(): Environment {
    const unread = [...this.#unread].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, why]) => `${name} (${why})`);
    const all: [string, Setting][] = [
      ...this.#settings,
      ['environment.unread_count', unread.length],
      ['environment.unread', unread.join(', ')],
    ];
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
