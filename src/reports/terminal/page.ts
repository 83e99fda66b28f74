import type { Zone } from '../format.js';
import type { Span } from './spans.js';
import { paintLine, span, wrapSpans } from './spans.js';

export interface PageOptions {
  /** Columns no line goes beyond. */
  readonly width: number;
  readonly colors: boolean;
  readonly zone: Zone;
}

/** A report being written line by line, wrapped at its width. */
export class Page {
  readonly #lines: string[] = [];

  constructor(readonly options: PageOptions) {}

  /** A line, indented, broken where it is too long; what is broken off hangs `hang` columns further in. */
  line(spans: readonly Span[] | string, { indent = 0, hang = 0 }: { indent?: number; hang?: number } = {}): void {
    const { width, colors } = this.options;
    const content = typeof spans === 'string' ? [span(spans)] : spans;
    for (const wrapped of wrapSpans(content, Math.max(width - indent, 1), hang)) {
      this.#lines.push(paintLine([span(' '.repeat(indent)), ...wrapped], colors));
    }
  }

  /** An empty line, never two in a row. */
  gap(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  heading(text: string): void {
    this.gap();
    this.line([span(text, 'heading')]);
  }

  /** The whole report, ended by a line break. */
  text(): string {
    return `${this.#lines.join('\n').trimEnd()}\n`;
  }
}
