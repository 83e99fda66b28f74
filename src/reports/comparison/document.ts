import type { Style } from '../terminal/spans.js';

/** A stretch of text. A name comes from a trace, a setting or a path: no report may take it for anything but text. */
export interface Piece {
  readonly text: string;
  readonly style: Style;
  readonly isName: boolean;
}

/** Words of the report. */
export const say = (text: string, style: Style = 'plain'): Piece => ({ text, style, isName: false });

/** A name as it is. */
export const quote = (name: string, style: Style = 'plain'): Piece => ({ text: name, style, isName: true });

export type Pieces = readonly Piece[];

/** Some pieces with words between them: `a, b`. */
export const joinPieces = (parts: readonly Pieces[], between: string): Piece[] =>
  parts.flatMap((part, index) => (index === 0 ? part : [say(between), ...part]));

export interface DocumentColumn {
  readonly header: Piece;
  readonly align: 'left' | 'right';
  /** Words around a cell that has no header above it: `gaps ` before `3,599`. */
  readonly before?: string;
  readonly after?: string;
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly DocumentColumn[];
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly Pieces[])[];
}

/** A part of a report, whatever it is written on. */
export type Block =
  /** What the whole comes to. */
  | { readonly kind: 'lead'; readonly pieces: Pieces }
  | { readonly kind: 'paragraph'; readonly pieces: Pieces }
  | { readonly kind: 'heading'; readonly pieces: Pieces }
  /** Of a list; neighbours belong to the same. */
  | { readonly kind: 'item'; readonly pieces: Pieces }
  /** A remark to what stands before. */
  | { readonly kind: 'note'; readonly pieces: Pieces }
  | Table;

/** How a report is to be told. */
export interface Telling {
  /** What a group is called in tables: its name, or a number where names are long. */
  readonly label: (group: string) => string;
  /** Everything, not only what matters most. */
  readonly all: boolean;
  /** What is said where something was left out, how to see it: ` (--all lists them)`. */
  readonly hint: string;
}

export const heading = (text: string | Pieces): Block => ({
  kind: 'heading',
  pieces: typeof text === 'string' ? [say(text)] : text,
});

export const paragraph = (text: string | Pieces): Block => ({
  kind: 'paragraph',
  pieces: typeof text === 'string' ? [say(text)] : text,
});

export const item = (pieces: Pieces): Block => ({ kind: 'item', pieces });

export const note = (text: string): Block => ({ kind: 'note', pieces: [say(text)] });

/** The first so many of a list unless all are wanted, and how many are left. */
export const takeFirst = <T>(
  list: readonly T[],
  limit: number,
  { all }: Telling,
): { listed: readonly T[]; left: number } => {
  const listed = all ? list : list.slice(0, limit);
  return { listed, left: list.length - listed.length };
};
