import { displayText } from '../../model/display.js';
import type { ProtoWriter } from './proto-writer.js';
import { INTERNED, INTERNED_DATA } from './schema.js';

/** A kind of text that a trace says once and then refers to by number. */
export type InternedKind = keyof typeof INTERNED_DATA;

interface NewText {
  readonly kind: InternedKind;
  readonly iid: number;
  readonly text: string;
}

/** Numbers for texts that come often, from 1, by kind. What is written is safe to show. */
export class InternedTexts {
  private readonly known: Readonly<Record<InternedKind, Map<string, number>>> = {
    eventCategories: new Map(),
    eventNames: new Map(),
    debugAnnotationNames: new Map(),
    debugAnnotationStringValues: new Map(),
  };
  private fresh: NewText[] = [];

  /** The number of a text; a new one is written with the next {@link writeFresh}, which belongs into the same packet. */
  number(kind: InternedKind, text: string): number {
    const table = this.known[kind];
    const iid = table.get(text);
    if (iid !== undefined) return iid;
    const made = table.size + 1;
    table.set(text, made);
    this.fresh.push({ kind, iid: made, text: displayText(text) });
    return made;
  }

  /** Write the texts that are new as the `InternedData` in `field`, or nothing where none is. */
  writeFresh(writer: ProtoWriter, field: number): void {
    if (this.fresh.length === 0) return;
    const { fresh } = this;
    this.fresh = [];
    writer.writeMessage(field, () => {
      for (const { kind, iid, text } of fresh)
        writer.writeMessage(INTERNED_DATA[kind], () => {
          writer.writeNumber(INTERNED.iid, iid);
          writer.writeText(INTERNED.text, text);
        });
    });
  }
}
