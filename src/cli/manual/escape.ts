/** Glyphs that groff and mandoc would make typographic, or that mean something to them. */
const GLYPHS: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text made safe within a line of roff, and in a quoted argument of a macro. */
export const escapeRoff = (text: string): string =>
  text
    .replace(/[\\\-'"`^~]/g, (char) => GLYPHS[char] ?? char)
    .replace(
      /[^\n\x20-\x7e]/gu,
      (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );

/** A line of text: one that begins with a dot would be a request. */
export const toLine = (text: string): string => {
  const escaped = escapeRoff(text);
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
};

/** Words in bold. */
export const toBold = (text: string): string => `\\fB${escapeRoff(text)}\\fR`;

/** Words in italics, as what stands for a value. */
export const toItalic = (text: string): string => `\\fI${escapeRoff(text)}\\fR`;

/** Long lines of source are hard to read where a page is looked at in an editor, and mandoc complains of them. */
const WIDEST_LINE = 78;

/** Running text in lines that are not too long. */
export const toText = (text: string): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && toLine(longer).length > WIDEST_LINE) {
      lines.push(toLine(line));
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, toLine(line)];
};
