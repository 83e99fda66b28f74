import type { Operands } from '../command.js';

/** What may stand where a value is wanted. */
export type ValueKind =
  | { readonly kind: 'file' | 'named-file' | 'folder' | 'duration' | 'number' | 'text' }
  | { readonly kind: 'choice'; readonly of: readonly string[] };

const KIND_OF_WORD: Readonly<Record<string, Exclude<ValueKind['kind'], 'choice'>>> = {
  FILE: 'file',
  '[NAME=]FILE': 'named-file',
  FOLDER: 'folder',
  DIR: 'folder',
  DURATION: 'duration',
  N: 'number',
  PERCENT: 'number',
};

/** The kind of value that a word of a help stands for: `FILE` a file, `late|takeover` one of the two, what is not known a text. */
export const readValueKind = (value: string): ValueKind =>
  value.includes('|') ? { kind: 'choice', of: value.split('|') } : { kind: KIND_OF_WORD[value] ?? 'text' };

/** The same of operands. */
export const readOperandKind = ({ name, value }: Operands): ValueKind =>
  readValueKind(value ?? (name === 'session' ? 'FOLDER' : 'FILE'));
