import type { EventBatch } from '../../model/event-batch.js';
import { inputErrorOf } from '../open.js';
import type { BlockPart } from './block-part.js';
import type { Block } from './blocks.js';
import type { ByteLane } from './byte-lane.js';
import { FileBlocks } from './file-blocks.js';
import type { LaneContext } from './lane.js';
import { LineAccount } from './line-account.js';
import { BlockColumns } from './read-blocks.js';
import { readPart } from './read-part.js';
import type { ScanPool } from './scan-pool.js';
import { BLOCK_BYTES, type Slab, type SlabPool } from './slab.js';

/** Blocks that may be read ahead of the one that is wanted: enough for threads not to wait, 20 MiB in all. */
const MOST_AHEAD = 24;

/** What a file's blocks are read with. */
export interface FileReading {
  readonly lane: ByteLane;
  readonly slabs: SlabPool;
  /** Threads that help, or null. */
  readonly pool: ScanPool | null;
  /** Is told how far the file has been read (bytes since the last call); what it throws ends the reading. */
  readonly onBytes: (bytes: number) => void;
}

/** A block as it was read, here or elsewhere. */
interface ReadBlock {
  readonly slab: Slab;
  /** null: still to be read, here. */
  readonly part: BlockPart | null;
}

/**
 * The events of a plain file in file order, its blocks read by several threads. This one hands out what has been read, and
 * reads a block itself when the next one is not there yet: nobody waits as long as there is work.
 *
 * @throws InputError for what the file system says, once something is pulled
 */
export async function* readFile(
  path: string,
  context: LaneContext,
  reading: FileReading,
): AsyncGenerator<EventBatch, void, undefined> {
  let file: FileBlocks | null = null;
  try {
    file = new FileBlocks(path);
    yield* new FileReader(file, context, reading).batches();
  } catch (error) {
    throw inputErrorOf(error, path);
  } finally {
    file?.close();
    await reading.pool?.close();
  }
}

class FileReader {
  readonly #file: FileBlocks;
  readonly #context: LaneContext;
  readonly #reading: FileReading;
  readonly #account: LineAccount;
  /** Blocks that were read before their turn. */
  readonly #early = new Map<number, ReadBlock>();
  /** The first block that nobody has been given. */
  #ungiven = 0;

  constructor(file: FileBlocks, context: LaneContext, reading: FileReading) {
    this.#file = file;
    this.#context = context;
    this.#reading = reading;
    this.#account = new LineAccount(context.counters);
  }

  async *batches(): AsyncGenerator<EventBatch, void, undefined> {
    let line = 1;
    try {
      for (let index = 0; index < this.#file.count; index++) {
        const read = await this.#wait(index);
        const filling = this.#finish(index, read, line);
        line += filling.lines;
        this.#reading.onBytes(BLOCK_BYTES);
        for (const batch of filling.batches) yield batch;
        // Signals, timers and other threads' messages have their turn, too.
        await new Promise(setImmediate);
      }
      this.#account.end();
    } finally {
      this.#account.settle();
    }
  }

  /** The block whose turn it is; meanwhile others are given away, and read here. */
  async #wait(index: number): Promise<ReadBlock> {
    const { pool } = this.#reading;
    for (;;) {
      for (const { index: early, slab, part } of pool?.take() ?? []) this.#early.set(early, { slab, part });
      this.#giveAway(index);
      const read = this.#early.get(index);
      if (read) {
        this.#early.delete(index);
        return read;
      }
      if (this.#mayBegin(index)) {
        this.#early.set(this.#ungiven, this.#readHere(this.#ungiven));
        this.#ungiven++;
        if (pool) await new Promise(setImmediate);
      } else await pool?.wait();
    }
  }

  #giveAway(index: number): void {
    const { pool, slabs } = this.#reading;
    const base = this.#context.base.seconds;
    if (!pool || base === null) return;
    while (pool.hasRoom && this.#mayBegin(index)) pool.give(this.#ungiven++, slabs.take(), base);
  }

  /** Whether another block may be begun. As long as there is no base, blocks are read one after the other. */
  #mayBegin(index: number): boolean {
    if (this.#ungiven >= this.#file.count) return false;
    return this.#ungiven === index || (this.#context.base.seconds !== null && this.#ungiven - index < MOST_AHEAD);
  }

  #readHere(index: number): ReadBlock {
    const { lane, slabs } = this.#reading;
    const slab = slabs.take();
    const block = this.#file.read(index, slab);
    if (block && block.bytes !== slab.text) return { slab, part: null };
    return { slab, part: readPart(lane, block, slab) };
  }

  /** Complete a block: its lines' numbers, what did not fit its slab, what its neighbours say of it. */
  #finish(index: number, { slab, part }: ReadBlock, line: number): { lines: number; batches: EventBatch[] } {
    const { slabs, lane } = this.#reading;
    let lines = 0;
    let block: Block | null;
    let rest: Block | null;
    if (part === null) block = rest = this.#file.read(index, slab);
    else {
      block = part.block && { ...part.block, bytes: slab.text, slab };
      rest = block && part.at < block.to ? { ...block, from: part.at } : null;
      lines = part.lines;
      slab.columns.firstLine = line;
      this.#account.join(part.foreign);
    }
    if (block === null) {
      slabs.give(slab);
      return { lines: 0, batches: [] };
    }
    const columns = new BlockColumns(block, slabs);
    if (rest) {
      lane.account.startPart();
      lines += lane.read(rest, line + lines, columns).lines;
      this.#account.join(lane.account.endPart());
    }
    return { lines, batches: columns.toBatches(this.#context) };
  }
}
