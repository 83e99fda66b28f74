import type { CapturedAdvertisement } from '../model/advertisement.js';
import { familyOf, UNKNOWN_DESTINATION } from '../timeline/info.js';
import type { SendWindow } from '../timeline/segments.js';

/** A packet leaves its interface this soon (ns) after the send call began, where nothing holds it. */
const PROMPT = 5_000_000;
/** A packet can be held in the sender's queues this long at most (ns) and still be recognised as its send's. */
const LONGEST_HOLD = 120_000_000_000;
/**
 * A stream belongs to a thread that promptly sent at least this share of its packets while the thread was sending, or to
 * which at least this share of the thread's sends belongs.
 */
const OWNER_SHARE = 0.5;

/** A stream's packets at the nearest point, converted to the trace's clock. */
export interface ConvertedStream {
  readonly name: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly destination: string;
  readonly vrid: number;
  readonly packets: readonly CapturedAdvertisement[];
  /** Times on the trace's clock, ns, ascending. */
  readonly times: readonly number[];
}

export interface Assignment {
  /** For every stream, the send of each packet, null where none was found. */
  readonly sends: ReadonlyMap<string, (SendWindow | null)[]>;
  /** Sends that belong to a stream but whose packet no capture shows, failed ones included. */
  readonly unseen: ReadonlyMap<string, SendWindow[]>;
  /** Sends of threads that own no stream. */
  readonly foreign: readonly SendWindow[];
}

const sameFamily = (window: SendWindow, family: 'ipv4' | 'ipv6'): boolean =>
  (familyOf(window.attempt.destination) ?? family) === family;

/**
 * Which send call made which packet: first those that left at once, which also shows which thread owns which stream
 * (the rows do not show a raw socket's source), then the held ones, first in first out.
 *
 * @param early how much earlier (ns) than its send a packet may seem to be, for the clocks' uncertainty
 */
export const assignSends = (
  windows: readonly SendWindow[],
  streams: readonly ConvertedStream[],
  early: number,
): Assignment => {
  const ok = windows.filter((window) => window.attempt.ok);
  const taken = new Map<SendWindow, string>();
  const sends = new Map<string, (SendWindow | null)[]>();
  for (const stream of streams) sends.set(stream.name, new Array<SendWindow | null>(stream.packets.length).fill(null));

  const packets = streams
    .flatMap((stream) => stream.times.map((time, index) => ({ stream, time, index })))
    .sort((a, b) => a.time - b.time);
  const times = ok.map((window) => window.attempt.time);
  for (const { window, packet } of closestPairs(ok, packets, early)) {
    if (taken.has(window) || sends.get(packet.stream.name)?.[packet.index]) continue;
    sends.get(packet.stream.name)?.splice(packet.index, 1, window);
    taken.set(window, packet.stream.name);
  }

  const owners = findOwners(streams, sends, ok);
  dropForeign(streams, sends, owners, taken);
  const sockets = findSockets(sends);
  for (const stream of streams)
    fillHeld(stream, sends.get(stream.name) ?? [], ok, times, owners, sockets, taken, early);
  return { sends, ...leftOver(windows, streams, sends, owners, sockets, taken) };
};

interface Packet {
  readonly stream: ConvertedStream;
  readonly time: number;
  readonly index: number;
}

/** A packet on the wrong side of its send (before the enter, behind the exit) is this much less likely its own. */
const WRONG_SIDE = 10;

/** Sends and packets that can belong together, the likeliest first. */
const closestPairs = (
  ok: readonly SendWindow[],
  packets: readonly Packet[],
  early: number,
): { window: SendWindow; packet: Packet; cost: number }[] => {
  const pairs: { window: SendWindow; packet: Packet; cost: number }[] = [];
  let first = 0;
  for (const packet of packets) {
    while (first < ok.length && (ok[first]?.attempt.time ?? 0) < packet.time - PROMPT) first++;
    for (let i = first; i < ok.length; i++) {
      const window = ok[i];
      if (!window || window.attempt.time > packet.time + early) break;
      if (!sameFamily(window, packet.stream.family) || !fits(window, packet.stream)) continue;
      const delay = packet.time - window.attempt.time;
      const wrong = window.attempt.entered ? delay < 0 : delay > 0;
      pairs.push({ window, packet, cost: Math.abs(delay) * (wrong ? WRONG_SIDE : 1) });
    }
  }
  return pairs.sort((a, b) => a.cost - b.cost);
};

/** A legible virtual router id or another multicast group rule a pairing out. */
const fits = (window: SendWindow, stream: ConvertedStream): boolean =>
  (window.attempt.vrid === null || window.attempt.vrid === stream.vrid) &&
  (window.attempt.destination === stream.destination ||
    window.attempt.destination === UNKNOWN_DESTINATION ||
    !isAddress(stream.destination));

const isAddress = (text: string): boolean => /^[\d.]+$|:/.test(text);

type Owners = Map<number, Set<string>>;

const findOwners = (
  streams: readonly ConvertedStream[],
  sends: ReadonlyMap<string, (SendWindow | null)[]>,
  ok: readonly SendWindow[],
): Owners => {
  const spans = new Map<number, { from: number; to: number; sends: number }>();
  for (const { attempt } of ok) {
    const span = spans.get(attempt.tid);
    if (span) {
      span.to = attempt.time;
      span.sends++;
    } else spans.set(attempt.tid, { from: attempt.time, to: attempt.time, sends: 1 });
  }
  const owners: Owners = new Map();
  for (const stream of streams) {
    const votes = new Map<number, number>();
    for (const window of sends.get(stream.name) ?? []) {
      if (window) votes.set(window.attempt.tid, (votes.get(window.attempt.tid) ?? 0) + 1);
    }
    for (const [tid, count] of votes) {
      const span = spans.get(tid) ?? { from: 0, to: 0, sends: 0 };
      const during = stream.times.filter((time) => time >= span.from - PROMPT && time <= span.to + PROMPT).length;
      if (count < OWNER_SHARE * during && count < OWNER_SHARE * span.sends) continue;
      const owned = owners.get(tid);
      if (owned) owned.add(stream.name);
      else owners.set(tid, new Set([stream.name]));
    }
  }
  return owners;
};

/** The descriptors through which each thread is known to send a stream, by `tid stream`. */
type Sockets = ReadonlyMap<string, ReadonlySet<number | null>>;

const findSockets = (sends: ReadonlyMap<string, (SendWindow | null)[]>): Sockets => {
  const sockets = new Map<string, Set<number | null>>();
  for (const [name, windows] of sends) {
    for (const window of windows) {
      if (!window) continue;
      const key = `${String(window.attempt.tid)} ${name}`;
      const known = sockets.get(key);
      if (known) known.add(window.attempt.descriptor);
      else sockets.set(key, new Set([window.attempt.descriptor]));
    }
  }
  return sockets;
};

/** A thread sends on another interface, which no capture shows, through another socket. */
const isSocketOf = ({ attempt }: SendWindow, name: string, sockets: Sockets): boolean => {
  const known = sockets.get(`${String(attempt.tid)} ${name}`);
  return known === undefined || attempt.descriptor === null || known.has(attempt.descriptor) || known.has(null);
};

const dropForeign = (
  streams: readonly ConvertedStream[],
  sends: ReadonlyMap<string, (SendWindow | null)[]>,
  owners: Owners,
  taken: Map<SendWindow, string>,
): void => {
  for (const stream of streams) {
    const list = sends.get(stream.name) ?? [];
    list.forEach((window, i) => {
      if (!window || owners.get(window.attempt.tid)?.has(stream.name) === true) return;
      list[i] = null;
      taken.delete(window);
    });
  }
};

const fillHeld = (
  stream: ConvertedStream,
  list: (SendWindow | null)[],
  ok: readonly SendWindow[],
  times: readonly number[],
  owners: Owners,
  sockets: Sockets,
  taken: Map<SendWindow, string>,
  early: number,
): void => {
  if (![...owners.values()].some((owned) => owned.has(stream.name))) return;
  let after = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < list.length; k++) {
    const known = list[k];
    if (known) {
      after = known.attempt.time;
      continue;
    }
    const packetTime = stream.times[k] ?? 0;
    let next = Number.POSITIVE_INFINITY;
    for (let n = k + 1; n < list.length; n++) {
      const later = list[n];
      if (!later) continue;
      next = later.attempt.time;
      break;
    }
    const held = ok.find(
      (window, i) =>
        (times[i] ?? 0) > after &&
        (times[i] ?? 0) < next &&
        (times[i] ?? 0) <= packetTime + early &&
        packetTime - (times[i] ?? 0) < LONGEST_HOLD &&
        !taken.has(window) &&
        owners.get(window.attempt.tid)?.has(stream.name) === true &&
        sameFamily(window, stream.family) &&
        isSocketOf(window, stream.name, sockets) &&
        fits(window, stream),
    );
    if (!held) continue;
    list[k] = held;
    taken.set(held, stream.name);
    after = held.attempt.time;
  }
};

const leftOver = (
  windows: readonly SendWindow[],
  streams: readonly ConvertedStream[],
  sends: ReadonlyMap<string, (SendWindow | null)[]>,
  owners: Owners,
  sockets: Sockets,
  taken: ReadonlyMap<SendWindow, string>,
): { unseen: Map<string, SendWindow[]>; foreign: SendWindow[] } => {
  const unseen = new Map<string, SendWindow[]>();
  const foreign: SendWindow[] = [];
  for (const window of windows) {
    if (taken.has(window)) continue;
    const owned = [...(owners.get(window.attempt.tid) ?? [])];
    const candidates = streams.filter(
      (stream) => owned.includes(stream.name) && isSocketOf(window, stream.name, sockets) && fits(window, stream),
    );
    const chosen = candidates.length > 1 ? mostOverdue(candidates, sends, window.attempt.time) : candidates[0];
    if (!chosen) {
      foreign.push(window);
      continue;
    }
    const list = unseen.get(chosen.name);
    if (list) list.push(window);
    else unseen.set(chosen.name, [window]);
  }
  return { unseen, foreign };
};

/** Of several streams of one thread, the one whose last packet lies longest back: its advertisement was due. */
const mostOverdue = (
  candidates: readonly ConvertedStream[],
  sends: ReadonlyMap<string, (SendWindow | null)[]>,
  time: number,
): ConvertedStream | undefined => {
  let best: ConvertedStream | undefined;
  let oldest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    let last = Number.NEGATIVE_INFINITY;
    for (const window of sends.get(candidate.name) ?? []) {
      if (window && window.attempt.time < time) last = Math.max(last, window.attempt.time);
    }
    if (last < oldest) {
      oldest = last;
      best = candidate;
    }
  }
  return best;
};
