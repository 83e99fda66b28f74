import { endOfNote } from './arguments.js';
import { endOfQuoted } from './quoted.js';

/** The first arguments of a call, up to `most`; structures, lists and texts stay whole. */
export const splitArguments = (masked: string, most: number): string[] => {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  let at = 0;
  while (at < masked.length && parts.length < most) {
    const char = masked[at];
    if (char === '"') {
      const end = endOfQuoted(masked, at);
      at = end < 0 ? masked.length : end;
    } else if (char === '<' && masked[at + 1] !== '<' && /[\dD]/.test(masked[at - 1] ?? '')) at = endOfNote(masked, at);
    else {
      if (char === '{' || char === '[' || char === '(') depth++;
      else if (char === '}' || char === ']' || char === ')') depth--;
      else if (char === ',' && depth === 0) {
        parts.push(masked.slice(from, at).trim());
        from = at + 1;
      }
      at++;
    }
  }
  if (parts.length < most && from < masked.length) parts.push(masked.slice(from).trim());
  return parts;
};
