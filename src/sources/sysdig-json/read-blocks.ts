import type { EventBatch } from '../../model/event-batch.js';
import type { Block } from './blocks.js';
import type { Columns } from '../trace/columns.js';
import type { Lane, LaneContext } from './lane.js';
import { FAR_TIME } from './problems.js';
import type { Slab, SlabPool } from './slab.js';
import { TraceBatch } from '../trace/batch.js';

/** The events of blocks, one batch after the other; a block with many small rows makes several. */
export async function* readBlocks(
  blocks: AsyncIterable<Block>,
  lane: Lane,
  context: LaneContext,
  slabs: SlabPool,
): AsyncGenerator<EventBatch, void, undefined> {
  let line = 1;
  try {
    for await (const block of blocks) {
      const filling = new BlockColumns(block, slabs);
      line += (await lane.read(block, line, filling)).lines;
      for (const batch of filling.toBatches(context)) yield batch;
      // Signals and timers have their turn, too, and whoever brings the bytes.
      await new Promise(setImmediate);
    }
    lane.end();
  } finally {
    lane.close();
  }
}

/** The columns that a block's events go to. Its memory is free again when all of its batches are. */
export class BlockColumns {
  readonly #block: Block;
  readonly #slabs: SlabPool;
  readonly #used: Slab[];

  constructor(block: Block, slabs: SlabPool) {
    this.#block = block;
    this.#slabs = slabs;
    this.#used = [block.slab];
  }

  open(): Columns {
    const last = this.#used[this.#used.length - 1]?.columns;
    if (last && !last.isFull) return last;
    const more = this.#slabs.take();
    this.#used.push(more);
    return more.columns;
  }

  toBatches({ base, names, counters }: LaneContext): TraceBatch[] {
    const far = base.settle(this.#used.map(({ columns }) => columns));
    if (far > 0) counters.add(FAR_TIME, far);
    const filled = this.#used.filter(({ columns }) => columns.length > 0);
    let held = filled.length;
    const release = (): void => {
      if (--held > 0) return;
      for (const slab of this.#used) this.#slabs.give(slab);
    };
    if (held === 0) for (const slab of this.#used) this.#slabs.give(slab);
    return filled.map(({ columns }) => new TraceBatch(columns, this.#block.bytes, names, release));
  }
}
