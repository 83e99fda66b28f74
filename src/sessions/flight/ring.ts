import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { PcapRecords } from '../../sources/capture/index.js';
import type { Sink } from '../recording/instruments.js';
import { extensionOf, listRing, RING, snapshotOf } from './ring-parts.js';

export interface RingOptions {
  readonly folder: string;
  readonly limitBytes: number;
  /** A part is closed when it is this old (ms). */
  readonly partMs: number;
  /** Whether the trace is what the bpftrace recorder prints. */
  readonly isRaw: boolean;
  /** Called when a part of the trace has begun. */
  onTracePart(path: string): void;
  /** The bytes of a stream as they come. */
  listen(stream: string, chunk: Uint8Array): void;
  onFailure(message: string): void;
}

/** Of the whole, a part takes about this share at most. */
const PART_SHARE = 16;
/** A part begins with a look at all descriptors, which is not to be had too often. */
const LEAST_AGE_MS = 1_000;
const NEW_LINE = 10;

/** The recording of the present on bounded disk: every stream in parts, the oldest of which go when there is too much. */
export class Ring implements Sink {
  readonly #options: RingOptions;
  readonly #bytes = new Map<string, number>();
  readonly #pumps: Promise<void>[] = [];
  readonly #open = new Set<string>();

  constructor(options: RingOptions) {
    this.#options = options;
  }

  take(stream: string, output: AsyncIterable<Uint8Array>): void {
    const pump = this.#pump(stream, output).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      this.#options.onFailure(`the ring cannot be written (${code})`);
    });
    this.#pumps.push(pump);
  }

  bytesOf(stream: string): number {
    return this.#bytes.get(stream) ?? 0;
  }

  /** When all streams have ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#pumps);
  }

  async #pump(stream: string, output: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces = stream.startsWith('capture.') ? new PcapPieces() : new LinePieces();
    let part: { file: FileHandle; path: string; begun: number; bytes: number } | null = null;
    const close = async (): Promise<void> => {
      if (!part) return;
      await part.file.close();
      this.#open.delete(part.path);
      part = null;
    };
    try {
      for await (const chunk of output) {
        this.#bytes.set(stream, this.bytesOf(stream) + chunk.length);
        this.#options.listen(stream, chunk);
        const whole = pieces.push(chunk);
        if (whole.length === 0) continue;
        if (part && this.#isFull(part)) {
          await close();
          await this.#prune();
        }
        if (!part) {
          const path = this.#pathOf(stream);
          this.#open.add(path);
          part = { file: await open(path, 'w', 0o600), path, begun: Date.now(), bytes: 0 };
          await part.file.writeFile(pieces.header);
          if (stream === 'trace') this.#options.onTracePart(path);
        }
        await part.file.writeFile(whole);
        part.bytes += whole.length;
      }
    } finally {
      await close();
    }
  }

  #isFull(part: { begun: number; bytes: number }): boolean {
    const { partMs, limitBytes } = this.#options;
    const age = Date.now() - part.begun;
    return age >= partMs || (age >= LEAST_AGE_MS && part.bytes >= limitBytes / PART_SHARE);
  }

  #pathOf(stream: string): string {
    const { folder, isRaw } = this.#options;
    return join(folder, RING, `${stream}.${String(Date.now())}.${extensionOf(stream, isRaw)}`);
  }

  /** The oldest parts of the largest stream go: captures are small, and a trace without them is worth little. */
  async #prune(): Promise<void> {
    const parts = await listRing(this.#options.folder);
    const sizes = new Map<string, number>();
    for (const { stream, bytes } of parts) sizes.set(stream, (sizes.get(stream) ?? 0) + bytes);
    const closed = parts.filter(({ path }) => !this.#open.has(path));
    for (;;) {
      const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      if (total <= this.#options.limitBytes) return;
      const bySize = [...sizes].sort((a, b) => b[1] - a[1]);
      const at = bySize
        .map(([stream]) => closed.findIndex((part) => part.stream === stream))
        .find((index) => index >= 0);
      const [part] = at === undefined ? [] : closed.splice(at, 1);
      if (!part) return;
      await rm(part.path, { force: true });
      await rm(snapshotOf(part.path), { force: true });
      sizes.set(part.stream, (sizes.get(part.stream) ?? 0) - part.bytes);
    }
  }
}

/** Bytes in, whole lines out. */
class LinePieces {
  readonly header = new Uint8Array(0);
  #rest = Buffer.alloc(0);

  push(chunk: Uint8Array): Uint8Array {
    const end = chunk.lastIndexOf(NEW_LINE) + 1;
    if (end === 0) {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      return this.header;
    }
    const whole = Buffer.concat([this.#rest, chunk.subarray(0, end)]);
    this.#rest = Buffer.from(chunk.subarray(end));
    return whole;
  }
}

/** Bytes of a capture in, whole records out. */
class PcapPieces {
  #whole: Uint8Array[] = [];
  readonly #records = new PcapRecords('the capture', ({ bytes }) => this.#whole.push(Uint8Array.from(bytes)));

  /** What every part begins with. */
  get header(): Uint8Array {
    return this.#records.fileHeader ?? new Uint8Array(0);
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#records.push(chunk);
    const whole = Buffer.concat(this.#whole);
    this.#whole = [];
    return whole;
  }
}
