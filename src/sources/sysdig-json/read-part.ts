import type { BlockPart } from './block-part.js';
import type { Block } from './blocks.js';
import type { ByteLane } from './byte-lane.js';
import type { Slab } from './slab.js';

/** Read a block apart from those before it, as far as it fits its slab's columns. */
export const readPart = (lane: ByteLane, block: Block | null, slab: Slab): BlockPart => {
  const { columns } = slab;
  columns.length = 0;
  columns.texts = null;
  if (block === null) {
    return { block, at: 0, lines: 0, events: 0, foreign: { leading: 0, trailing: 0, settled: false } };
  }
  lane.account.startPart();
  const { lines, at } = lane.read(block, 0, { open: () => (columns.isFull ? null : columns) });
  const { from, to, end } = block;
  return { block: { from, to, end }, at, lines, events: columns.length, foreign: lane.account.endPart() };
};
