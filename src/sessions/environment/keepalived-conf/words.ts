const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What stands for an escape at the start of a text, and its length with the backslash. */
const readEscape = (text: string): [char: string, length: number] => {
  const numeric = /^\\(?:([0-7]{1,3})|x([0-9A-Fa-f]+)|c(.))/s.exec(text);
  if (!numeric) return [ESCAPES[text.charAt(1)] ?? text.charAt(1), 2];
  const [whole, octal, hex, control] = numeric;
  const code =
    octal !== undefined
      ? Number.parseInt(octal, 8)
      : hex !== undefined
        ? Number.parseInt(hex, 16)
        : (control ?? '@').charCodeAt(0) & 31;
  return [String.fromCharCode(code & 0xff), whole.length];
};

/**
 * The words of a line. Blanks divide them, `"` and `'` hold them together, also in the middle of a word, and a backslash
 * takes the meaning from what follows (keepalived.conf(5), "Quoted strings"). A quote that never ends ends with the line.
 */
export const splitWords = (line: string): string[] => {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\' && quote !== "'") {
      const [meant, length] = readEscape(line.slice(at));
      word = (word ?? '') + meant;
      at += length - 1;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== null) words.push(word);
  return words;
};
