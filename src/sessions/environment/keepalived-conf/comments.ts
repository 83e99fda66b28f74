/** A line without its comment. */
export interface BareLine {
  readonly text: string;
  /** It ended in a backslash: it goes on with the next line. */
  readonly continued: boolean;
}

/**
 * Take the comment off a line. `#` and `!` begin one anywhere outside of double quotes; a backslash before them keeps
 * them (keepalived, lib/parser.c, decomment).
 */
export const stripComment = (line: string): BareLine => {
  let text = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\') {
      const next = line.charAt(at + 1);
      if (next === '') return { text: text.trim(), continued: true };
      text += !quoted && (next === '#' || next === '!') ? next : char + next;
      at++;
      continue;
    }
    if (char === '"') quoted = !quoted;
    if (!quoted && (char === '#' || char === '!')) return { text: text.trim(), continued: /\\\s*$/.test(line) };
    text += char;
  }
  return { text: text.trim(), continued: false };
};
