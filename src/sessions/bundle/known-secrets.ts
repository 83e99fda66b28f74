import { WITHHELD } from '../environment/secrets.js';

/** A word this short may stand anywhere by chance. */
const LEAST_LENGTH = 4;
/** VRRP carries no more of a password (RFC 2338, 5.3.10). */
const CARRIED = 8;

/** The secrets a session's configuration and packets told, which must stand in no file of a bundle. */
export class KnownSecrets {
  #words: string[] = [];

  /** Add words; those that are too short to be told from others are passed over. */
  add(words: Iterable<string>): void {
    const all = new Set(this.#words);
    for (const word of words) {
      for (const form of [word, word.slice(0, CARRIED)]) if (form.trim().length >= LEAST_LENGTH) all.add(form);
    }
    this.#words = [...all].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  }

  /** @returns the text without them, and how many there were */
  scrub(text: string): { readonly text: string; readonly count: number } {
    let scrubbed = text;
    let count = 0;
    for (const word of this.#words) {
      const parts = scrubbed.split(word);
      if (parts.length === 1) continue;
      count += parts.length - 1;
      scrubbed = parts.join(WITHHELD);
    }
    return { text: scrubbed, count };
  }

  /** The same inside the texts of a JSON document; texts of digits are numbers, and stay. */
  scrubJson(json: string): { readonly text: string; readonly count: number } {
    let count = 0;
    const text = json.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => {
      if (/^"-?\d*"$/.test(literal)) return literal;
      const inner = this.scrub(JSON.parse(literal) as string);
      if (inner.count === 0) return literal;
      count += inner.count;
      return JSON.stringify(inner.text);
    });
    return { text, count };
  }
}
