/** Constructed sends and captures whose true clocks are known. Times in ns; the trace's clock is the reference. */
import type { Capture, CapturedAdvertisement, ClockKind } from '../../src/model/advertisement.js';
import { ns } from '../../src/time/ns.js';
import type { SendWindow } from '../../src/timeline/segments.js';
import { seededRandom } from '../support/transform-trace.js';

export const US = 1_000;
export const MS = 1_000_000;
export const S = 1_000_000_000;
const DAY = 86_400 * S;
const YEAR = 365 * DAY;
const QUARTER_HOUR = 900 * S;

/** When the constructed traces begin, ns since 1970. */
export const TRACE_BASE = 1_795_344_000_000_000_000n;

const OWN = '192.168.205.8';
const BACKUP = '192.168.205.9';

/** What one capture is made of. */
export interface CaptureTruth {
  readonly name: string;
  readonly capture: Capture;
  /** By packet number: which send made it and how long it was under way; none for packets that are not the sender's. */
  readonly sentBy: ReadonlyMap<number, { readonly send: number; readonly transit: number }>;
  /** Its clock's steps against the trace's. */
  readonly steps: readonly { readonly at: number; readonly by: number }[];
}

export interface Scene {
  readonly seed: number;
  /** What is in it, for messages. */
  readonly traits: readonly string[];
  readonly windows: readonly SendWindow[];
  readonly captures: readonly CaptureTruth[];
  /** Whether nothing in the series tells one interval from the next. */
  readonly regular: boolean;
  readonly interval: number;
}

/** Draws from one seed. */
class Draw {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  chance(share: number): boolean {
    return this.#random() < share;
  }
  real(from: number, to: number): number {
    return from + (to - from) * this.#random();
  }
  whole(from: number, to: number): number {
    return Math.floor(this.real(from, to + 1));
  }
  of<T>(...values: readonly T[]): T {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error('nothing to draw from');
    return value;
  }
}

const windowAt = (time: number, exit: number, entered: boolean, index: number): SendWindow => ({
  attempt: {
    tid: 500,
    comm: 'keepalived',
    time: entered ? time : exit,
    exit,
    entered,
    ok: true,
    errno: null,
    call: 'sendmsg',
    descriptor: 13,
    destination: '224.0.0.18',
    version: 2,
    vrid: null,
    priority: null,
    witness: { time: ns(time), line: index + 1, num: index + 1, text: 'send' },
  },
  from: null,
  segments: null,
  rearms: [],
  lanes: null,
  picture: null,
  contradictions: 0,
  alive: [],
});

/** When keepalived sends: an interval after it was done with the last one, late after stalls, early after replies. */
const sendTimes = (draw: Draw, count: number, interval: number, jitter: number, irregular: number): number[] => {
  const times: number[] = [];
  let time = Math.round(draw.real(0.1, 3) * S);
  for (let i = 0; i < count; i++) {
    times.push(time);
    time += interval + Math.round(draw.real(0, jitter));
    if (draw.chance(irregular)) {
      time += draw.chance(0.6) ? Math.round(draw.real(0.05, 4) * S) : -Math.round(draw.real(0.05, 0.9) * interval);
    }
  }
  return times;
};

interface Sent {
  readonly time: number;
  readonly id: number;
}

interface Seen {
  readonly at: number;
  readonly send: number | null;
  readonly transit: number;
  readonly id: number;
  readonly source: string;
  readonly priority: number;
}

/** Clocks that differ by almost whole intervals cannot be told from synchronised ones, nor such steps from losses. */
const ALMOST = 25 * MS;

const offWhole = (ns: number, interval: number): number => {
  const rest = Math.abs(ns % interval);
  return Math.min(rest, interval - rest) < ALMOST ? ns + 2 * ALMOST : ns;
};

/** Steps that lie between sends, at least half an interval apart from each other. */
const drawSteps = (draw: Draw, sent: readonly Sent[], most: number, interval: number): { at: number; by: number }[] => {
  const steps: { at: number; by: number }[] = [];
  const count = draw.whole(1, most);
  for (let n = 0; n < count; n++) {
    const i = Math.floor(((n + draw.real(0.3, 0.7)) / count) * (sent.length - 1));
    const a = sent[i];
    const b = sent[i + 1];
    if (a && b)
      steps.push({
        at: Math.round(a.time + draw.real(0.3, 0.95) * (b.time - a.time)),
        by: offWhole(Math.round(draw.real(0.1, 6) * S), interval),
      });
  }
  return steps;
};

/** How far (ns) a clock's calendar is from the trace's: years, up to an hour, or synchronised. */
const calendarOf = (draw: Draw, kind: 'far' | 'hour' | 'synchronised', interval: number): bigint => {
  if (kind === 'far') {
    return BigInt(draw.whole(-15, 15)) * BigInt(YEAR) + BigInt(draw.whole(-YEAR / 2, YEAR / 2));
  }
  if (kind === 'synchronised') return BigInt(draw.whole(-5 * MS, 5 * MS));
  return BigInt(offWhole(draw.whole(-3600 * S, 3600 * S), interval));
};

interface CaptureOptions {
  readonly interval: number;
  readonly name: string;
  readonly clock: ClockKind;
  /** Transit (ns) of a packet that nothing holds. */
  readonly least: number;
  readonly jitter: number;
  readonly loss: number;
  readonly hold: boolean;
  readonly steps: readonly { at: number; by: number }[];
  readonly driftPpm: number;
  readonly ids: boolean;
  readonly backup: boolean;
  readonly duplicates: boolean;
  readonly reordered: boolean;
}

const captureOf = (draw: Draw, sent: readonly Sent[], options: CaptureOptions): CaptureTruth => {
  const seen: Seen[] = [];
  const heldAt = options.hold ? draw.whole(2, sent.length - 3) : -1;
  const until = (sent[heldAt]?.time ?? 0) + Math.round(draw.real(0.2, 3) * S);
  let last = Number.NEGATIVE_INFINITY;
  sent.forEach(({ time, id }, i) => {
    let leaves = time + options.least + Math.round(draw.real(0, options.jitter));
    if (heldAt >= 0 && i >= heldAt && leaves < until) leaves = until + (i - heldAt) * 20_000;
    leaves = Math.max(leaves, last + 1000);
    last = leaves;
    if (draw.chance(options.loss)) return;
    const packet = { at: leaves, send: i, transit: leaves - time, id, source: OWN, priority: 101 };
    seen.push(packet);
    if (options.duplicates && draw.chance(0.2)) seen.push({ ...packet, at: leaves + draw.whole(500, 15_000) });
  });
  if (options.backup) {
    const from = draw.whole(0, Math.floor(sent.length / 2));
    let time = (sent[from]?.time ?? 0) + Math.round(draw.real(0, 1) * S);
    const count = draw.whole(1, Math.max(1, Math.floor(sent.length / 4)));
    for (let n = 0; n < count; n++, time += S + draw.whole(0, 2 * MS)) {
      seen.push({ at: time, send: null, transit: 0, id: draw.whole(1, 65_535), source: BACKUP, priority: 100 });
    }
  }
  seen.sort((a, b) => a.at - b.at);

  const shift = calendarOf(
    draw,
    options.clock === 'time-of-day' ? draw.of('hour', 'synchronised') : draw.of('hour', 'far', 'synchronised'),
    options.interval,
  );
  const zone = options.clock === 'time-of-day' ? BigInt(draw.whole(-48, 56)) * BigInt(QUARTER_HOUR) : 0n;
  const onClock = (at: number): bigint => {
    const stepped = options.steps.reduce((sum, step) => (step.at <= at ? sum + step.by : sum), 0);
    return TRACE_BASE + shift + zone + BigInt(Math.round(at + (at * options.driftPpm) / 1e6 + stepped));
  };
  const start = onClock(seen[0]?.at ?? 0);
  const baseNs = options.clock === 'epoch' ? start : 0n;
  const zero = options.clock === 'time-of-day' ? start - (start % BigInt(DAY)) : start;

  const sentBy = new Map<number, { send: number; transit: number }>();
  const advertisements = seen.map((packet): CapturedAdvertisement => ({
    time: ns(Number(onClock(packet.at) - zero)),
    packet: 0,
    family: 'ipv4',
    version: 2,
    vrid: 51,
    priority: packet.priority,
    source: packet.source,
    destination: '224.0.0.18',
    intervalNs: S,
    ipId: options.ids ? packet.id : null,
  }));
  const order = advertisements.map((_, i) => i);
  if (options.reordered) {
    for (let i = 0; i + 1 < order.length; i++) {
      const [a, b] = [order[i], order[i + 1]];
      if (a !== undefined && b !== undefined && draw.chance(0.2)) [order[i], order[i + 1]] = [b, a];
    }
  }
  const inFile = order.flatMap((i, position): CapturedAdvertisement[] => {
    const packet = seen[i];
    const advertisement = advertisements[i];
    if (!packet || !advertisement) return [];
    if (packet.send !== null) sentBy.set(position + 1, { send: packet.send, transit: packet.transit });
    return [{ ...advertisement, packet: position + 1 }];
  });
  return {
    name: options.name,
    steps: options.steps,
    sentBy,
    capture: {
      format: options.clock === 'epoch' ? 'pcap' : 'tcpdump-text',
      clock: options.clock,
      baseNs,
      advertisements: inFile,
      records: inFile.length,
      first: inFile[0]?.time ?? null,
      last: inFile.at(-1)?.time ?? null,
      loss: { known: false, dropped: 0 },
    },
  };
};

/**
 * A scene from a seed: a sender, a capture inside its VM and mostly one on the host's tap.
 *
 * @param ids whether the packets carry IP identifications
 */
export const makeScene = (seed: number, ids: boolean): Scene => {
  const draw = new Draw(seed);
  const traits: string[] = [];
  const mark = (name: string, share: number): boolean => {
    const has = draw.chance(share);
    if (has) traits.push(name);
    return has;
  };
  const interval = draw.of(0.5 * S, S, S, 2 * S);
  const count = draw.whole(20, 130);
  const regular = mark('regular', 0.15);
  const jitter = regular ? 0 : draw.of(0.3 * MS, 1 * MS, 4 * MS, 15 * MS);
  const irregular = mark('irregular', 0.6) && !regular ? draw.real(0.02, 0.2) : 0;
  const entered = !mark('exit-only', 0.15);
  const times = sendTimes(draw, count, interval, jitter, irregular);
  const sent = times.map((time, i) => ({ time, id: 1 + ((i * 7) % 65_535) }));
  const windows = times.map((time, i) => windowAt(time, time + draw.whole(40 * US, 600 * US), entered, i));

  const pauses = mark('pauses', 0.3) ? drawSteps(draw, sent, 3, interval) : [];
  const forward = mark('set-forward', 0.25) ? drawSteps(draw, sent, 2, interval) : [];
  const clock = draw.of<ClockKind>('epoch', 'epoch', 'time-of-day', 'relative');
  traits.push(clock);
  const shared = {
    interval,
    clock,
    ids,
    backup: mark('backup', 0.3),
    duplicates: mark('duplicates', 0.25),
    reordered: mark('reordered', 0.3),
    loss: mark('loss', 0.5) ? draw.real(0.01, 0.2) : 0,
  };
  const driftPpm = mark('drift', 0.6) ? draw.real(-200, 200) : 0;
  // Held packets around a step, or with losses and without identification, look like other steps and losses.
  const hold = mark('hold', 0.15) && pauses.length === 0 && (ids || shared.loss === 0);
  const inner = captureOf(draw, sent, {
    ...shared,
    name: 'sender',
    least: 10 * US,
    jitter: draw.of(20 * US, 200 * US),
    hold: false,
    steps: forward,
    driftPpm,
  });
  const captures = [inner];
  if (mark('tap', 0.7)) {
    captures.push(
      captureOf(draw, sent, {
        ...shared,
        name: 'tap',
        least: 60 * US,
        jitter: draw.of(100 * US, 800 * US),
        hold,
        steps: pauses,
        driftPpm: driftPpm === 0 ? 0 : draw.real(-200, 200),
      }),
    );
  }
  return { seed, traits, windows, captures, regular, interval };
};
