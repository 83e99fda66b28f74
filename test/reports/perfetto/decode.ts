/** Reads a Perfetto trace as trace_processor does, with the published schema (its parts are in schema/). */
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const SCHEMA = fileURLToPath(new URL('schema/', import.meta.url));

const loadTraceType = (): protobuf.Type => {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith('/') ? target : SCHEMA + target);
  root.loadSync('protos/perfetto/trace/trace.proto');
  return root.lookupType('perfetto.protos.Trace');
};

const TRACE = loadTraceType();

interface Interned {
  readonly iid: string;
  readonly name?: string;
  readonly str?: Uint8Array;
}

interface Annotation {
  readonly nameIid: string;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly stringValue?: string;
  readonly stringValueIid?: string;
}

interface RawEvent {
  readonly type: 'TYPE_SLICE_BEGIN' | 'TYPE_SLICE_END' | 'TYPE_INSTANT';
  readonly trackUuid: string;
  readonly nameIid?: string;
  readonly categoryIids?: readonly string[];
  readonly debugAnnotations?: readonly Annotation[];
  readonly flowIds?: readonly string[];
  readonly terminatingFlowIds?: readonly string[];
}

interface RawPacket {
  readonly timestamp?: string;
  readonly trustedPacketSequenceId?: number;
  readonly sequenceFlags?: number;
  readonly tracePacketDefaults?: { readonly timestampClockId: number };
  readonly clockSnapshot?: {
    readonly clocks: readonly { readonly clockId: number; readonly timestamp: string }[];
    readonly primaryTraceClock: string;
  };
  readonly trackDescriptor?: {
    readonly uuid: string;
    readonly parentUuid?: string;
    readonly name: string;
    readonly siblingOrderRank: number;
    readonly siblingMergeBehavior: string;
  };
  readonly trackEvent?: RawEvent;
  readonly internedData?: Readonly<Record<string, readonly Interned[] | undefined>>;
}

export type Argument = string | number | bigint;

/** Something on a track; an instant has no length, and depth 0 is a slice inside no other. Times are as written (ns). */
export interface DecodedEvent {
  readonly isInstant: boolean;
  readonly at: bigint;
  end: bigint;
  readonly depth: number;
  readonly name: string;
  readonly category: string | null;
  readonly args: Readonly<Record<string, Argument>>;
  readonly flowsOut: readonly string[];
  readonly flowsIn: readonly string[];
  /** Its place in the file. */
  readonly order: number;
}

export interface DecodedTrack {
  readonly uuid: string;
  readonly parent: string | null;
  readonly name: string;
  /** Names from the top down. */
  readonly path: string;
  readonly rank: number;
  readonly events: DecodedEvent[];
}

export interface DecodedTrace {
  readonly tracks: readonly DecodedTrack[];
  /** 1: since 1970; 6: a clock without a date. */
  readonly clock: number;
  readonly texts: readonly string[];
}

class Texts {
  private readonly tables = new Map<string, Map<string, string>>();
  readonly all: string[] = [];

  add(data: NonNullable<RawPacket['internedData']>): void {
    for (const [kind, entries] of Object.entries(data))
      for (const { iid, name, str } of entries ?? []) {
        const text = name ?? new TextDecoder('utf-8', { fatal: true }).decode(str);
        const table = this.tables.get(kind) ?? new Map<string, string>();
        if (table.has(iid)) throw new Error(`${kind} ${iid} is defined twice`);
        table.set(iid, text);
        this.tables.set(kind, table);
        this.all.push(text);
      }
  }

  find(kind: string, iid: string | undefined): string {
    const text = iid === undefined ? undefined : this.tables.get(kind)?.get(iid);
    if (text === undefined) throw new Error(`${kind} ${String(iid)} is not defined`);
    return text;
  }
}

/** Fields that the schema does not know would be missing when it is written again. */
const decodeKnown = (bytes: Uint8Array): readonly RawPacket[] => {
  const message = TRACE.decode(bytes);
  const again = TRACE.encode(message).finish();
  if (again.length !== bytes.length)
    throw new Error(`${String(bytes.length - again.length)} bytes are of no field of the schema`);
  const { packet = [] } = TRACE.toObject(message, { longs: String, enums: String }) as { packet?: RawPacket[] };
  return packet;
};

const readArguments = (annotations: readonly Annotation[], texts: Texts): Record<string, Argument> =>
  Object.fromEntries(
    annotations.map(({ nameIid, intValue, doubleValue, stringValue, stringValueIid }): [string, Argument] => [
      texts.find('debugAnnotationNames', nameIid),
      intValue !== undefined
        ? BigInt(intValue)
        : (doubleValue ?? stringValue ?? texts.find('debugAnnotationStringValues', stringValueIid)),
    ]),
  );

/**
 * Decode and check a trace: no unknown fields, tracks defined before they are used and never twice, times of a track in order,
 * every slice closed by its own end.
 */
export const decodeTrace = (bytes: Uint8Array): DecodedTrace => {
  const tracks = new Map<string, DecodedTrack>();
  const open = new Map<string, DecodedEvent[]>();
  const lastAt = new Map<string, bigint>();
  const texts = new Texts();
  let clock = 0;
  let isReady = false;
  const packets = decodeKnown(bytes);
  packets.forEach((packet, order) => {
    if (packet.trustedPacketSequenceId !== 1) throw new Error('a packet is of no sequence');
    if (packet.clockSnapshot) {
      if (order !== 0) throw new Error('the clock comes too late');
      clock = packet.clockSnapshot.clocks[0]!.clockId;
      if ({ BUILTIN_CLOCK_REALTIME: 1, BUILTIN_CLOCK_BOOTTIME: 6 }[packet.clockSnapshot.primaryTraceClock] !== clock)
        throw new Error('the primary clock has no snapshot');
      return;
    }
    if (packet.tracePacketDefaults) {
      if (packet.sequenceFlags !== 1 || packet.tracePacketDefaults.timestampClockId !== clock)
        throw new Error('the defaults do not begin the sequence');
      isReady = true;
      return;
    }
    if (!isReady || packet.sequenceFlags !== 2) throw new Error('a packet does not say that it needs what came before');
    if (packet.internedData) texts.add(packet.internedData);
    if (packet.trackDescriptor) {
      const { uuid, parentUuid, name, siblingOrderRank, siblingMergeBehavior } = packet.trackDescriptor;
      const parent = parentUuid === undefined ? null : tracks.get(parentUuid);
      if (uuid === '0' || tracks.has(uuid) || parent === undefined) throw new Error(`track ${uuid} is out of place`);
      const path = parent ? `${parent.path} / ${name}` : name;
      const isMerged = siblingMergeBehavior === 'SIBLING_MERGE_BEHAVIOR_BY_TRACK_NAME';
      if (
        isMerged !== /late advertisements$|ledger$/.test(path) &&
        siblingMergeBehavior !== 'SIBLING_MERGE_BEHAVIOR_NONE'
      )
        throw new Error(`${path} is merged with its neighbours`);
      tracks.set(uuid, { uuid, parent: parent?.uuid ?? null, name, path, rank: siblingOrderRank, events: [] });
      texts.all.push(name);
      return;
    }
    const { trackEvent: event, timestamp } = packet;
    if (!event || timestamp === undefined) throw new Error('a packet says nothing');
    const at = BigInt(timestamp);
    const { trackUuid } = event;
    const track = tracks.get(trackUuid);
    if (!track) throw new Error(`track ${trackUuid} is not defined`);
    if (at < (lastAt.get(trackUuid) ?? 0n) || at >= 1n << 63n) throw new Error(`time goes back on ${track.path}`);
    lastAt.set(trackUuid, at);
    const stack = open.get(trackUuid) ?? [];
    open.set(trackUuid, stack);
    if (event.type === 'TYPE_SLICE_END') {
      const slice = stack.pop();
      if (!slice) throw new Error(`an end without a beginning on ${track.path}`);
      slice.end = at;
      return;
    }
    const made: DecodedEvent = {
      isInstant: event.type === 'TYPE_INSTANT',
      at,
      end: at,
      depth: stack.length,
      name: texts.find('eventNames', event.nameIid),
      category: event.categoryIids === undefined ? null : texts.find('eventCategories', event.categoryIids[0]),
      args: readArguments(event.debugAnnotations ?? [], texts),
      flowsOut: event.flowIds ?? [],
      flowsIn: event.terminatingFlowIds ?? [],
      order,
    };
    texts.all.push(...Object.values(made.args).filter((value) => typeof value === 'string'));
    track.events.push(made);
    if (!made.isInstant) stack.push(made);
  });
  for (const [uuid, stack] of open)
    if (stack.length > 0) throw new Error(`a slice is open at the end of ${tracks.get(uuid)?.path ?? uuid}`);
  return { tracks: [...tracks.values()], clock, texts: texts.all };
};

/** Slices of the tracks whose path a pattern matches. */
export const slicesOf = ({ tracks }: DecodedTrace, pattern: RegExp): DecodedEvent[] =>
  tracks.filter(({ path }) => pattern.test(path)).flatMap(({ events }) => events.filter(({ isInstant }) => !isInstant));

/** Instants of the tracks whose path a pattern matches. */
export const instantsOf = ({ tracks }: DecodedTrace, pattern: RegExp): DecodedEvent[] =>
  tracks.filter(({ path }) => pattern.test(path)).flatMap(({ events }) => events.filter(({ isInstant }) => isInstant));

/** Both ends of every arrow, as trace_processor draws them: from the one that began first, at equal times from the first in the file. */
export const flowsOf = ({ tracks }: DecodedTrace): { from: DecodedEvent; to: DecodedEvent }[] => {
  const all = tracks.flatMap(({ events }) => events);
  const byTime = (a: DecodedEvent, b: DecodedEvent): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.order - b.order);
  const byId = new Map<string, DecodedEvent[]>();
  for (const event of all)
    for (const id of [...event.flowsIn, ...event.flowsOut]) byId.set(id, [...(byId.get(id) ?? []), event]);
  return [...byId].map(([id, found]) => {
    const ends = found.sort(byTime);
    const [from, to] = ends;
    if (!from || !to || ends.length !== 2) throw new Error(`flow ${id} has ${String(ends.length)} ends`);
    if (!from.flowsOut.includes(id) || !to.flowsIn.includes(id)) throw new Error(`flow ${id} goes the wrong way`);
    return { from, to };
  });
};
