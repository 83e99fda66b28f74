import type { ScannerMemory } from './wasm-scanner.js';
import { COLUMN_BYTES, Columns } from '../trace/columns.js';
import { MARGIN } from './row-scanner.js';

/** Lines that begin within this many bytes of a trace make a block. */
export const BLOCK_BYTES = 512 * 1024;
/** Room for the end of a block's last line; longer ones get memory of their own. */
const OVERHANG = 64 * 1024;
const TEXT_BYTES = BLOCK_BYTES + OVERHANG + MARGIN;
const SLAB_BYTES = Math.ceil(TEXT_BYTES / 64) * 64 + COLUMN_BYTES;

/** Memory for the bytes of one block and the columns of one batch. */
export class Slab {
  readonly memory: ArrayBufferLike;
  /** Where it begins in its memory. */
  readonly address: number;
  /** Whether that is the memory of the scanner in WebAssembly. */
  readonly isScanners: boolean;
  readonly text: Buffer;
  readonly columns: Columns;

  constructor(memory: ArrayBufferLike, address: number, isScanners: boolean) {
    this.isScanners = isScanners;
    this.memory = memory;
    this.address = address;
    this.text = Buffer.from(memory, address, TEXT_BYTES);
    this.columns = new Columns(memory, address + SLAB_BYTES - COLUMN_BYTES, isScanners);
  }
}

/** Slabs are used again, so that reading takes no more memory the longer it goes on. */
export class SlabPool {
  readonly #free: Slab[] = [];
  readonly #scannerMemory: ScannerMemory | null;
  readonly #shared: boolean;

  /**
   * @param scannerMemory where a scanner in WebAssembly is to read them; null where there is none
   * @param shared whether other threads are to see them
   */
  constructor(scannerMemory: ScannerMemory | null, shared = false) {
    this.#scannerMemory = scannerMemory;
    this.#shared = shared;
  }

  take(): Slab {
    return this.#free.pop() ?? this.#make();
  }

  give(slab: Slab): void {
    slab.columns.length = 0;
    slab.columns.firstLine = 0;
    slab.columns.texts = null;
    this.#free.push(slab);
  }

  #make(): Slab {
    const address = this.#scannerMemory?.allocate(SLAB_BYTES) ?? null;
    if (this.#scannerMemory && address !== null) return new Slab(this.#scannerMemory.memory.buffer, address, true);
    return new Slab(this.#shared ? new SharedArrayBuffer(SLAB_BYTES) : new ArrayBuffer(SLAB_BYTES), 0, false);
  }
}
