import { endOfQuoted, readQuoted } from './quoted.js';

/** How a list of arguments ends: with its bracket, with `<unfinished ...>`, with `<detached ...>`, or nowhere. */
export type ArgumentsEnd = 'closed' | 'unfinished' | 'detached' | 'cut';

/** Arguments of a call without what it sent or received: all texts but the names of sockets, files and programs are `""`. */
export interface Arguments {
  readonly masked: string;
  readonly end: ArgumentsEnd;
  /** Place behind them. */
  readonly at: number;
  /** The beginning of the first text that was left out, for headers in it; nothing of it may be kept. */
  readonly head: Uint8Array;
}

/** Arguments beyond this (characters) are not looked at: no call that matters here has as many. */
const MOST_ARGUMENTS = 8192;
/** An IPv4 header without options and the fixed part of VRRP's (RFC 9568 section 5). */
const HEAD_BYTES = 28;
const NOTHING = new Uint8Array(0);

/** Behind these a text is an address, or the name of an interface or a socket. */
const KEPT_BEHIND = /(?:inet_addr\(|if_nametoindex\(|inet_pton\(AF_INET6, |sun_path=@?)$/;
const LAST_CHARACTERS = 24;
const ENDS: readonly [string, ArgumentsEnd][] = [
  ['<unfinished ...>', 'unfinished'],
  ['<detached ...>', 'detached'],
];

/**
 * Read arguments from `from`, behind their opening bracket, to the closing one, whatever texts among them hold. In one
 * pass: each character is looked at once.
 *
 * @param keepsNames whether texts that are arguments themselves, no parts of one, name files or programs and are kept
 */
export const readArguments = (text: string, from: number, keepsNames: boolean): Arguments => {
  let masked = '';
  let head: Uint8Array = NOTHING;
  let depth = 1;
  let plainFrom = from;
  let at = from;
  const keep = (to: number): void => {
    if (masked.length < MOST_ARGUMENTS) masked += text.slice(plainFrom, Math.min(to, plainFrom + MOST_ARGUMENTS));
  };
  const finish = (end: ArgumentsEnd): Arguments => ({ masked: masked.slice(0, MOST_ARGUMENTS), end, at, head });
  for (;;) {
    const char = text[at];
    if (char === undefined) {
      keep(at);
      return finish('cut');
    }
    if (char === '"') {
      const end = endOfQuoted(text, at);
      keep(at);
      const isName = (keepsNames && depth === 1) || KEPT_BEHIND.test(masked.slice(-LAST_CHARACTERS));
      if (isName && masked.length < MOST_ARGUMENTS && end > 0) masked += text.slice(at, end);
      else {
        masked += '""';
        if (head.length === 0 && end > 0) head = readQuoted(text, at, end, HEAD_BYTES);
      }
      at = end < 0 ? text.length : end;
      plainFrom = at;
      if (end < 0) return finish('cut');
    } else if (char === '(' || char === '[' || char === '{') {
      depth++;
      at++;
    } else if (char === ')' || char === ']' || char === '}') {
      depth--;
      if (depth === 0) {
        keep(at);
        at++;
        return finish('closed');
      }
      at++;
    } else if (char === '<') {
      const ending = ENDS.find(([words]) => text.startsWith(words, at));
      if (ending) {
        keep(at);
        at += ending[0].length;
        return finish(ending[1]);
      }
      at = isNumberBefore(text, at) ? endOfNote(text, at) : at + 1;
    } else if (char === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? text.length : end + 2;
    } else at++;
  }
};

/** Notes in brackets stand behind descriptors, processes and AT_FDCWD. */
const isNumberBefore = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at - 1);
  return text[at + 1] !== '<' && ((code >= 0x30 && code <= 0x39) || text.startsWith('AT_FDCWD', at - 8));
};

/** The place behind a note (`-y`, `-yy`, `-Y`): `<socket:[1]>`, `<UNIX:[1->2,"/dev/log"]>`, `</dev/null<char 1:3>>`. */
export const endOfNote = (text: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '"') {
      const end = endOfQuoted(text, at);
      if (end < 0) return text.length;
      at = end - 1;
    } else if (char === '<') depth++;
    else if (char === '>' && !isArrow(text, at)) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
};

/** `->` in front of the other end of a connection. */
const isArrow = (text: string, at: number): boolean => text[at - 1] === '-' && /[\w[:]/.test(text[at + 1] ?? '');
