/** Text below the help of a command, taken apart. */
export interface Epilogue {
  /** Paragraphs, each in one line. */
  readonly paragraphs: readonly string[];
  /** Command lines that show how it is used. */
  readonly examples: readonly string[];
}

/** Paragraphs are parted by empty lines; the indented lines of the one that begins with `Examples:` are examples. */
export const splitEpilogue = (text: string): Epilogue => {
  const paragraphs: string[] = [];
  const examples: string[] = [];
  for (const block of text.split(/\n[ \t]*\n/)) {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    if (lines[0] === 'Examples:') examples.push(...lines.slice(1).map((line) => line.trim()));
    else if (lines.length > 0) paragraphs.push(lines.map((line) => line.trim()).join(' '));
  }
  return { paragraphs, examples };
};
