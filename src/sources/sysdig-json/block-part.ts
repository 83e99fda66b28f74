import type { Block } from './blocks.js';
import type { ForeignLines } from './line-account.js';

/** What came of a block, or of its beginning, that was read apart from the blocks before it. */
export interface BlockPart {
  /** null: no line begins in that stretch of the file. */
  readonly block: Omit<Block, 'bytes' | 'slab'> | null;
  /** Where the first line begins that found no room in the slab's columns; the block's end where all did. */
  readonly at: number;
  /** Lines up to there. */
  readonly lines: number;
  /** Events in the slab's columns; their lines count from 0. */
  readonly events: number;
  readonly foreign: ForeignLines;
}

/** A block for another thread to read: which one, and the slab to put it into. */
export interface ScanJob {
  readonly index: number;
  readonly baseSeconds: number;
  /** Address of the slab in the scanner's memory; for one with memory of its own a number below 0. */
  readonly place: number;
  /** Memory of a slab that the thread does not know yet; null where it does, or where all is in the scanner's memory. */
  readonly memory: ArrayBufferLike | null;
}

/** What another thread made of a {@link ScanJob}; null: what it needs is more than a slab, it is for the caller to read. */
export interface ScanResult {
  readonly index: number;
  readonly part: BlockPart | null;
  /** Names that are new since the thread's result before; its ids count on. */
  readonly names: readonly string[];
  /** Counters by name, since the result before. */
  readonly counts: readonly (readonly [string, number])[];
  /** Info texts of events that have their own. */
  readonly texts: readonly (readonly [number, string])[];
}

/** What a scanning thread is started with. */
export interface ScanStart {
  readonly path: string;
  /** Memory of the scanner in WebAssembly, and where in it the thread's context begins; null: the one in TypeScript. */
  readonly scanner: { readonly memory: WebAssembly.Memory; readonly context: number } | null;
}
