import { displayText } from '../../model/display.js';
import type { Axis } from './axis.js';
import { InternedTexts } from './interned.js';
import { ProtoWriter } from './proto-writer.js';
import {
  BUILTIN_CLOCK,
  CHILD_ORDERING,
  CLOCK,
  CLOCK_SNAPSHOT,
  DEBUG_ANNOTATION,
  EVENT_TYPE,
  PACKET,
  PACKET_DEFAULTS,
  SEQUENCE_FLAG,
  SIBLING_MERGE,
  TRACE,
  TRACK_DESCRIPTOR,
  TRACK_EVENT,
} from './schema.js';

/** Value of an argument: a text that comes often, one that comes once (`text`), a whole number, or any number (`real`). */
export type ArgumentValue = string | number | bigint | { readonly text: string } | { readonly real: number };

/** Arguments of an event; null ones are left out. */
export type Arguments = Readonly<Record<string, ArgumentValue | null>>;

/** A track under its parent, with its place among its siblings. */
export interface Track {
  /** Number of the parent; null for none. */
  readonly parent: number | null;
  readonly rank: number;
  readonly name: string;
  readonly description: string;
  /** Whether it is one of several rows of the same name that readers show as one track. */
  readonly isRow?: boolean;
}

/** What begins or happens on a track; flows leave and reach it by their numbers. */
export interface TraceEvent {
  /** ns after the axis' beginning. */
  readonly at: number;
  readonly name: string;
  readonly category: string | null;
  readonly args: Arguments;
  readonly flowsOut?: readonly number[];
  readonly flowsIn?: readonly number[];
}

/** All packets are of one writer. */
const SEQUENCE = 1;

/**
 * Writes a Perfetto trace of track events (https://perfetto.dev/docs/reference/synthetic-track-event). Events of a track are
 * to come in their order; at equal times readers go by the order here. All texts are made safe to show.
 */
export class TraceWriter {
  private readonly writer = new ProtoWriter();
  private readonly texts = new InternedTexts();
  /** So many tracks have a number, from 1; 0 is the whole trace's. */
  private tracks = 0;

  constructor(private readonly axis: Axis) {
    const clock = axis.isDated ? BUILTIN_CLOCK.realtime : BUILTIN_CLOCK.boottime;
    const { writer } = this;
    this.writePacket(0, () => {
      writer.writeMessage(PACKET.clockSnapshot, () => {
        writer.writeMessage(CLOCK_SNAPSHOT.clocks, () => {
          writer.writeNumber(CLOCK.clockId, clock);
          writer.writeTime(CLOCK.timestamp, axis.start, 0);
        });
        writer.writeNumber(CLOCK_SNAPSHOT.primaryTraceClock, clock);
      });
    });
    this.writePacket(SEQUENCE_FLAG.stateCleared, () => {
      writer.writeMessage(PACKET.defaults, () => {
        writer.writeNumber(PACKET_DEFAULTS.timestampClockId, clock);
      });
    });
  }

  /** Say what a track is called; before anything happens on it. @returns its number */
  defineTrack({ parent, name, rank, description, isRow = false }: Track): number {
    const { writer } = this;
    const uuid = ++this.tracks;
    this.writePacket(SEQUENCE_FLAG.needsState, () => {
      writer.writeMessage(PACKET.trackDescriptor, () => {
        writer.writeNumber(TRACK_DESCRIPTOR.uuid, uuid);
        if (parent !== null) writer.writeNumber(TRACK_DESCRIPTOR.parentUuid, parent);
        writer.writeText(TRACK_DESCRIPTOR.name, displayText(name));
        writer.writeNumber(TRACK_DESCRIPTOR.childOrdering, CHILD_ORDERING.explicit);
        writer.writeNumber(TRACK_DESCRIPTOR.siblingOrderRank, rank);
        writer.writeText(TRACK_DESCRIPTOR.description, displayText(description));
        writer.writeNumber(TRACK_DESCRIPTOR.siblingMergeBehavior, isRow ? SIBLING_MERGE.byName : SIBLING_MERGE.none);
      });
    });
    return uuid;
  }

  beginSlice(track: number, event: TraceEvent): void {
    this.writeEvent(track, EVENT_TYPE.sliceBegin, event);
  }

  /** End the slice of a track that began last and is open. */
  endSlice(track: number, at: number): void {
    const { writer } = this;
    this.writePacket(SEQUENCE_FLAG.needsState, () => {
      writer.writeTime(PACKET.timestamp, this.axis.start, at);
      writer.writeMessage(PACKET.trackEvent, () => {
        writer.writeNumber(TRACK_EVENT.type, EVENT_TYPE.sliceEnd);
        writer.writeNumber(TRACK_EVENT.trackUuid, track);
      });
    });
  }

  writeInstant(track: number, event: TraceEvent): void {
    this.writeEvent(track, EVENT_TYPE.instant, event);
  }

  finish(): Uint8Array {
    return this.writer.finish();
  }

  private writePacket(flags: number, write: () => void): void {
    this.writer.writeMessage(TRACE.packet, () => {
      this.writer.writeNumber(PACKET.sequenceId, SEQUENCE);
      if (flags !== 0) this.writer.writeNumber(PACKET.sequenceFlags, flags);
      write();
    });
  }

  private writeEvent(track: number, type: number, event: TraceEvent): void {
    const { writer, texts } = this;
    this.writePacket(SEQUENCE_FLAG.needsState, () => {
      writer.writeTime(PACKET.timestamp, this.axis.start, event.at);
      writer.writeMessage(PACKET.trackEvent, () => {
        writer.writeNumber(TRACK_EVENT.type, type);
        writer.writeNumber(TRACK_EVENT.trackUuid, track);
        writer.writeNumber(TRACK_EVENT.nameIid, texts.number('eventNames', event.name));
        if (event.category !== null)
          writer.writeNumber(TRACK_EVENT.categoryIids, texts.number('eventCategories', event.category));
        for (const name in event.args) this.writeArgument(name, event.args[name] ?? null);
        for (const flow of event.flowsOut ?? []) writer.writeFixed64(TRACK_EVENT.flowIds, flow);
        for (const flow of event.flowsIn ?? []) writer.writeFixed64(TRACK_EVENT.terminatingFlowIds, flow);
      });
      texts.writeFresh(writer, PACKET.internedData);
    });
  }

  private writeArgument(name: string, value: ArgumentValue | null): void {
    if (value === null) return;
    const { writer, texts } = this;
    writer.writeMessage(TRACK_EVENT.debugAnnotations, () => {
      writer.writeNumber(DEBUG_ANNOTATION.nameIid, texts.number('debugAnnotationNames', name));
      if (typeof value === 'number' && value >= 0) writer.writeNumber(DEBUG_ANNOTATION.intValue, value);
      else if (typeof value === 'number') writer.writeBigInt(DEBUG_ANNOTATION.intValue, BigInt(value));
      else if (typeof value === 'bigint') writer.writeBigInt(DEBUG_ANNOTATION.intValue, value);
      else if (typeof value === 'string')
        writer.writeNumber(DEBUG_ANNOTATION.stringValueIid, texts.number('debugAnnotationStringValues', value));
      else if ('text' in value) writer.writeText(DEBUG_ANNOTATION.stringValue, displayText(value.text));
      else writer.writeDouble(DEBUG_ANNOTATION.doubleValue, value.real);
    });
  }
}
