import type { NameTable } from '../../model/event-batch.js';
import type { Columns } from '../trace/columns.js';
import { decodeText } from '../trace/decode-text.js';
import { inferDirection } from './row-writer.js';
import { startCounts, type RowScanner } from './row-scanner.js';
import { OWN_CODE, SHARED_CODE } from './scanner-code.js';
import { CPU, DIRECTION, THREAD, type Shape } from './shape.js';
import type { TraceBase } from '../trace/base.js';

/** Bytes that a scanner's context takes. */
export const CONTEXT_BYTES = 2 ** 20;
/** Fields of it: where each begins, in bytes. `assembly/scanner.ts` has the same. */
const TEXT = 0;
const AT = 4;
const TO = 8;
const COLUMNS = 12;
const ROW = 16;
const HAS_BASE = 20;
const BASE = 24;
const NAME_FROM = 32;
const NAME_LENGTH = 36;
const NAME_ESCAPED = 40;
const RETURNS = 44;
const SLOTS = 48;
const ENDING = 52;
const ENDING_LENGTH = 56;
const SWITCH = 60;
const SHAPE = 128;
/** Of a slot of the shape: kind, address of its literal, length of that. */
const SLOT_BYTES = 12;
const MAX_SLOTS = 64;

const NEW_NAME = 2;

const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
/** Of memory that cannot grow; what is not used takes no room. */
const OWN_PAGES = 1536;

interface ScannerExports {
  scan(context: number): number;
  keepName(context: number, from: number, length: number, id: number): number;
}

const compiled = new Map<string, WebAssembly.Module | null>();

/** The code for memory that is shared, or not; null where this Node cannot run it. */
const compile = (shared: boolean): WebAssembly.Module | null => {
  const code = shared ? SHARED_CODE : OWN_CODE;
  let module = compiled.get(code);
  if (module === undefined) {
    try {
      module = new WebAssembly.Module(Buffer.from(code, 'base64'));
    } catch {
      module = null;
    }
    compiled.set(code, module);
  }
  return module;
};

/** Memory that scanners in WebAssembly read and write. */
export class ScannerMemory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  #used = 0;

  private constructor(memory: WebAssembly.Memory, shared: boolean) {
    this.memory = memory;
    this.shared = shared;
  }

  /**
   * New memory; null where this Node cannot run the scanner.
   *
   * @param shared whether other threads are to see it
   */
  static create(shared: boolean): ScannerMemory | null {
    if (compile(shared) === null) return null;
    try {
      const initial = shared ? 1 : OWN_PAGES;
      return new ScannerMemory(new WebAssembly.Memory({ initial, maximum: MOST_PAGES, shared }), shared);
    } catch {
      return null;
    }
  }

  /** @returns the address of `bytes` bytes, all zero; null where there is no more room */
  allocate(bytes: number): number | null {
    const address = this.#used;
    const missing = Math.ceil((address + bytes) / PAGE_BYTES) - this.memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) {
      // Memory that is not shared would be another one after it had grown.
      if (!this.shared) return null;
      try {
        this.memory.grow(missing);
      } catch {
        return null;
      }
    }
    this.#used = Math.ceil((address + bytes) / 64) * 64;
    return address;
  }
}

const instantiate = (module: WebAssembly.Module, memory: WebAssembly.Memory): ScannerExports =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as ScannerExports;

/** The scanner in WebAssembly; see {@link RowScanner}. Its bytes and columns must lie in its memory. */
export class WasmScanner implements RowScanner {
  readonly #names: NameTable;
  readonly #base: TraceBase;
  readonly #code: ScannerExports;
  readonly #context: number;
  readonly #fields: DataView;
  readonly #memory: Buffer;
  #shape: Shape | null = null;
  counts = startCounts();

  /** @param context address of {@link CONTEXT_BYTES} bytes of its own, all zero */
  constructor(names: NameTable, base: TraceBase, memory: WebAssembly.Memory, context: number) {
    const module = compile(memory.buffer instanceof SharedArrayBuffer);
    if (module === null) throw new Error('there is no scanner in WebAssembly');
    this.#names = names;
    this.#base = base;
    this.#code = instantiate(module, memory);
    this.#context = context;
    this.#fields = new DataView(memory.buffer, context, SHAPE);
    this.#memory = Buffer.from(memory.buffer, context, CONTEXT_BYTES);
    this.#fields.setInt32(SWITCH, names.idOf('switch'), true);
  }

  use(shape: Shape): void {
    if (this.#shape === shape) return;
    this.#shape = shape;
    let at = SHAPE + MAX_SLOTS * SLOT_BYTES;
    const place = (bytes: Uint8Array): number => {
      this.#memory.set(bytes, at);
      const address = this.#context + at;
      at += bytes.length;
      return address;
    };
    shape.literals.forEach((literal, i) => {
      const slot = SHAPE + i * SLOT_BYTES;
      this.#memory.writeInt32LE(shape.kinds[i] ?? 0, slot);
      this.#memory.writeUInt32LE(place(literal), slot + 4);
      this.#memory.writeUInt32LE(literal.length, slot + 8);
    });
    this.#fields.setUint32(SLOTS, shape.literals.length, true);
    this.#fields.setUint32(ENDING, place(shape.ending), true);
    this.#fields.setUint32(ENDING_LENGTH, shape.ending.length, true);
  }

  scan(bytes: Buffer, from: number, to: number, line: number, columns: Columns): number {
    const shape = this.#shape;
    if (shape === null) return from;
    const fields = this.#fields;
    const first = columns.length;
    const base = this.#base.seconds;
    fields.setUint32(TEXT, bytes.byteOffset, true);
    fields.setUint32(AT, from, true);
    fields.setUint32(TO, to, true);
    fields.setUint32(COLUMNS, columns.address, true);
    fields.setUint32(ROW, first, true);
    fields.setInt32(HAS_BASE, base === null ? 0 : 1, true);
    fields.setFloat64(BASE, base ?? 0, true);
    fields.setUint32(RETURNS, 0, true);
    while (this.#code.scan(this.#context) === NEW_NAME) if (!this.#learnName(bytes)) break;
    const row = fields.getUint32(ROW, true);
    const { line: lines } = columns;
    for (let i = first; i < row; i++) lines[i] = line + i - first;
    columns.length = row;
    this.counts.carriageReturns += fields.getUint32(RETURNS, true);
    this.#noteMissing(shape, first, columns);
    return fields.getUint32(AT, true);
  }

  /** Tell the code the id of the name it stopped at; false where the name is too long for its table. */
  #learnName(bytes: Buffer): boolean {
    const from = this.#fields.getUint32(NAME_FROM, true);
    const length = this.#fields.getUint32(NAME_LENGTH, true);
    const escaped = this.#fields.getInt32(NAME_ESCAPED, true) !== 0;
    const id = this.#names.idOf(decodeText(bytes, from, from + length, escaped));
    return this.#code.keepName(this.#context, bytes.byteOffset + from, length, id) !== 0;
  }

  #noteMissing({ kinds }: Shape, first: number, { length, dir, type }: Columns): void {
    if (!kinds.includes(CPU)) this.counts.noCpu += length - first;
    if (!kinds.includes(THREAD)) this.counts.noThread += length - first;
    if (kinds.includes(DIRECTION)) return;
    this.counts.noDirection += length - first;
    for (let i = first; i < length; i++) dir[i] = inferDirection(this.#names.nameOf(type[i] ?? 0));
  }
}
