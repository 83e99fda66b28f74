/** Characters JSON lets through and a terminal or a reader's eye may act on: control and format characters, line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065]/gu;

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * JSON text with those characters escaped; equal in meaning, safe to print.
 *
 * @param text as `JSON.stringify` makes it: control characters within strings are escaped already, and what is left are the line breaks between
 */
export const escapeJson = (text: string): string =>
  text.replace(UNSAFE, (char) => (char === '\n' ? char : char.split('').map(escapeUnit).join('')));
