import type { EventBatch, InfoSpan, NameTable } from '../../model/event-batch.js';
import { BatchColumns } from './batch-columns.js';
import { OWN_TEXT, type Columns } from './columns.js';
import { decodeText } from './decode-text.js';

/** Columns as a batch; its info texts stay bytes until somebody asks. */
export class TraceBatch extends BatchColumns implements EventBatch {
  readonly #columns: Columns;
  readonly #bytes: Buffer;
  readonly #span: InfoSpan;
  readonly #onRelease: () => void;

  /**
   * @param bytes of the block that `infoFrom` and `infoTo` point into
   * @param onRelease takes back the memory of both, once
   */
  constructor(columns: Columns, bytes: Buffer, names: NameTable, onRelease: () => void) {
    super(columns, columns.firstLine, names);
    this.#columns = columns;
    this.#bytes = bytes;
    this.#span = { bytes, from: 0, to: 0 };
    this.#onRelease = onRelease;
  }

  info(i: number): string {
    const { infoFrom, infoTo, texts } = this.#columns;
    const from = infoFrom[i] ?? OWN_TEXT;
    if (from === OWN_TEXT) return texts?.get(i) ?? '';
    const to = infoTo[i] ?? 0;
    return to < 0 ? decodeText(this.#bytes, from, -to - 1, true) : decodeText(this.#bytes, from, to, false);
  }

  span(i: number): InfoSpan | null {
    const { infoFrom, infoTo } = this.#columns;
    const from = infoFrom[i] ?? OWN_TEXT;
    const to = infoTo[i] ?? OWN_TEXT;
    if (from === OWN_TEXT || to < 0) return null;
    this.#span.from = from;
    this.#span.to = to;
    return this.#span;
  }

  release(): void {
    this.#onRelease();
  }
}
