const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x0184d2a5;
const RLE_BLOCK = 1;

type Step = { readonly kind: 'read' | 'skip'; readonly length: number } | { readonly kind: 'end' };

/** A zstd frame, or a skippable one in front (RFC 8878, 3.1). */
export const isZstd = (head: Uint8Array): boolean => {
  if (head.length < 4) return false;
  const magic = littleEndian(head.subarray(0, 4));
  return magic === MAGIC || magic >>> 4 === SKIPPABLE;
};

/**
 * Follows zstd data from frame to frame by its headers alone (RFC 8878, 3.1.1), to find where frames end. Node's own
 * decompressor (seen in 22.23) ends at the first frame's end within a chunk, and takes cut data for whole.
 */
export class ZstdFrames {
  readonly #steps = walkFrames();
  #step: Step = advance(this.#steps, []);
  #head: number[] = [];
  #skipped = 0;
  #atBoundary = true;

  /** Whether what was followed so far is whole frames. */
  get atBoundary(): boolean {
    return this.#atBoundary;
  }

  /** Follow bytes, up to the end of a frame at most; returns how many were followed. */
  follow(bytes: Uint8Array): number {
    let at = 0;
    if (bytes.length > 0) this.#atBoundary = false;
    for (;;) {
      const step = this.#step;
      if (step.kind === 'end') {
        this.#proceed();
        this.#atBoundary = true;
        return at;
      }
      if (step.kind === 'skip') {
        const count = Math.min(step.length - this.#skipped, bytes.length - at);
        this.#skipped += count;
        at += count;
        if (this.#skipped < step.length) return at;
      } else {
        while (this.#head.length < step.length && at < bytes.length) this.#head.push(bytes[at++] ?? 0);
        if (this.#head.length < step.length) return at;
      }
      this.#proceed();
    }
  }

  #proceed(): void {
    const head = this.#head;
    this.#head = [];
    this.#skipped = 0;
    this.#step = advance(this.#steps, head);
  }
}

/** Cut a stream so that no chunk reaches past the end of a frame. */
export async function* splitAtFrames(
  bytes: AsyncIterable<Uint8Array>,
  frames: ZstdFrames,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const rest = chunk.subarray(at);
      const count = frames.follow(rest);
      yield rest.subarray(0, count);
      at += count;
    }
  }
}

const advance = (steps: Generator<Step, never, number[]>, head: number[]): Step => steps.next(head).value;

function* walkFrames(): Generator<Step, never, number[]> {
  for (;;) {
    const magic = littleEndian(yield { kind: 'read', length: 4 });
    if (magic === MAGIC) yield* walkFrame();
    else if (magic >>> 4 === SKIPPABLE) {
      yield { kind: 'skip', length: littleEndian(yield { kind: 'read', length: 4 }) };
    } else yield { kind: 'skip', length: Infinity }; // the decompressor will say what is wrong
    yield { kind: 'end' };
  }
}

function* walkFrame(): Generator<Step, void, number[]> {
  const [descriptor = 0] = yield { kind: 'read', length: 1 };
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const window = singleSegment ? 0 : 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 2 ** sizeFlag;
  yield { kind: 'skip', length: window + dictionary + contentSize };
  for (;;) {
    const block = littleEndian(yield { kind: 'read', length: 3 });
    yield { kind: 'skip', length: ((block >> 1) & 3) === RLE_BLOCK ? 1 : block >>> 3 };
    if ((block & 1) === 1) break;
  }
  yield { kind: 'skip', length: (descriptor & 4) !== 0 ? 4 : 0 };
}

const littleEndian = (bytes: ArrayLike<number>): number => {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + (bytes[i] ?? 0);
  return value;
};
