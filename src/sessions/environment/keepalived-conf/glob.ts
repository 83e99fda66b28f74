import { posix } from 'node:path';
import type { Machine } from '../machine.js';

const MAX_ALTERNATIVES = 64;
const MAX_FOUND = 200;

/** csh's braces: `a{b,c}` -> ab, ac; at most 64 texts. */
export const expandBraces = (pattern: string): string[] => {
  const queue = [pattern];
  const done: string[] = [];
  while (queue.length > 0 && done.length < MAX_ALTERNATIVES) {
    const text = queue.shift() ?? '';
    // The innermost pair first: it holds no other braces.
    const pair = /\{([^{}]*,[^{}]*)\}/.exec(text);
    if (!pair) {
      done.push(text);
      continue;
    }
    const [whole, inside = ''] = pair;
    for (const choice of inside.split(',')) {
      if (queue.length < MAX_ALTERNATIVES) {
        queue.push(text.slice(0, pair.index) + choice + text.slice(pair.index + whole.length));
      }
    }
  }
  return [...new Set(done)];
};

const isPattern = (part: string): boolean => /[*?[]/.test(part);

/** One part of a path with `*`, `?` and `[...]`; a leading dot must be written. */
const toMatcher = (part: string): RegExp => {
  const body = part.replace(
    /\[(!?)([^\]/]+)\]|([*?])|([.+^${}()|\\[\]])/g,
    (_, not: string, set: string, wild, other) => {
      if (typeof set === 'string') return `[${not === '!' ? '^' : ''}${set.replace(/[\\^[]/g, '\\$&')}]`;
      if (wild === '*') return '.*';
      return wild === '?' ? '.' : `\\${String(other)}`;
    },
  );
  return new RegExp(`^${part.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 's');
};

/** Paths that fit a pattern of glob(7) with braces, sorted, at most 200. A path without wildcards fits itself. */
export const expandGlob = async (machine: Machine, pattern: string): Promise<string[]> => {
  const found: string[] = [];
  for (const path of expandBraces(pattern.slice(0, 1024))) {
    let places = ['/'];
    for (const part of posix.normalize(path).split('/').filter(Boolean)) {
      if (!isPattern(part)) {
        places = places.map((place) => posix.join(place, part));
        continue;
      }
      const matcher = toMatcher(part);
      const listings = await Promise.all(places.map((place) => machine.list(place)));
      places = listings
        .flatMap((listing, index) =>
          (listing.ok ? listing.names : [])
            .filter((name) => matcher.test(name))
            .map((name) => posix.join(places[index] ?? '/', name)),
        )
        .slice(0, MAX_FOUND);
    }
    found.push(...places);
  }
  return found.slice(0, MAX_FOUND);
};
