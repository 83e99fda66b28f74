import type { Capture, Loss } from '../../model/advertisement.js';
import type { CounterDefinition } from '../../model/counters.js';
import { InputError } from '../../model/input-error.js';
import type { CaptureContext } from './context.js';
import { fromNs, PacketCollector, type PacketTime } from './packet-collector.js';
import {
  TEXT_ZONE_ASSUMED,
  TSHARK_DESTINATION_ASSUMED,
  TSHARK_MILLISECONDS,
  TSHARK_MISSING_FRAMES,
  TSHARK_TIMES_ADDED_UP,
  TSHARK_UNREADABLE,
  TSHARK_VERSION_ASSUMED,
  VRRP_BAD_CHECKSUM,
} from './problems.js';
import { readTsharkPacket, type Assumed } from './tshark-packet.js';
import { bestTimeField, readEpoch, readSeconds, type TimeField } from './tshark-time.js';
import type { FieldName, FieldValues } from './tshark-values.js';

/** What to do about a text that lacks something. */
export const WRITE_AGAIN =
  'write it again with -T fields -E header=y -e frame.time_epoch -e frame.number -e ip.src -e ip.dst -e ipv6.src -e ipv6.dst -e vrrp.version -e vrrp.virt_rtr_id -e vrrp.prio -e vrrp.adver_int -e vrrp.short_adver_int, or give the capture file itself';

/** What an advertisement cannot do without: any one of the fields of each. */
const NEEDED: readonly { readonly what: string; readonly fields: readonly FieldName[] }[] = [
  { what: 'source (ip.src, ipv6.src)', fields: ['ip.src', 'ipv6.src'] },
  { what: 'virtual router id (vrrp.virt_rtr_id)', fields: ['vrrp.virt_rtr_id'] },
  { what: 'priority (vrrp.prio)', fields: ['vrrp.prio'] },
];
const TIME_NEEDED = 'time (frame.time_epoch)';

/** What is missing of what an advertisement needs, as a person reads it; null when nothing is. */
export const missingField = (has: (name: FieldName) => boolean): string | null =>
  NEEDED.find(({ fields }) => !fields.some(has))?.what ?? null;

export const refuseMissing = (what: string, where: string): never => {
  throw new InputError(`tshark's packets show no ${what}`, where, WRITE_AGAIN);
};

const ASSUMED: Readonly<Record<Assumed, CounterDefinition>> = {
  version: TSHARK_VERSION_ASSUMED,
  destination: TSHARK_DESTINATION_ASSUMED,
};

const MILLISECOND = 1_000_000n;

/** Makes a capture of packets as tshark shows them, whatever the form. */
export class TsharkCollector {
  readonly #context: CaptureContext;
  readonly #packets: PacketCollector;
  readonly #seen = new Set<FieldName>();
  #timeField: TimeField | null;
  #hasTime = false;
  #isZoneAssumed = false;
  #vrrpPackets = 0;
  #kept = 0;
  #sum = 0n;
  #added = 0;
  #frame: number | null = null;
  #framesMissing = 0;
  #framesShown = false;

  /** @param timeField the field with the times; null: the best that the first packet has */
  constructor(context: CaptureContext, timeField: TimeField | null = null) {
    this.#context = context;
    this.#timeField = timeField;
    this.#packets = new PacketCollector(context.counters);
  }

  /**
   * Take the next packet.
   *
   * @param place the number of its line; where there are no lines, its own is used
   * @param showsIntervals whether packets of this text show their interval
   */
  add(values: FieldValues, showsIntervals: boolean, place?: number): void {
    const { counters } = this.#context;
    const time = this.#readTime(values);
    this.#packets.addRecord(time);
    if (!values.isVrrp) return;
    this.#vrrpPackets++;
    for (const { fields } of NEEDED) for (const name of fields) if (values.get(name) !== null) this.#seen.add(name);
    const read = readTsharkPacket(values, showsIntervals);
    if (read.kind === 'other') return;
    if (read.kind === 'problem') counters.add(read.problem);
    else if (time === null) counters.add(TSHARK_UNREADABLE);
    else {
      if (read.hasBadChecksum) counters.add(VRRP_BAD_CHECKSUM);
      for (const one of read.assumed) counters.add(ASSUMED[one]);
      this.#kept++;
      this.#packets.keep(time, read.advertisement, place);
    }
  }

  /**
   * @throws InputError where there are packets of VRRP and none shows a time, a source, a router or a priority
   */
  finish(format: Capture['format'], loss: Loss): Capture {
    const { where, counters } = this.#context;
    if (this.#vrrpPackets > 0 && this.#kept === 0) {
      const missing = missingField((name) => this.#seen.has(name)) ?? (this.#hasTime ? null : TIME_NEEDED);
      if (missing !== null) refuseMissing(missing, where);
    }
    if (this.#isZoneAssumed) counters.add(TEXT_ZONE_ASSUMED);
    const kind = this.#timeField?.kind ?? 'epoch';
    if (kind === 'delta' && this.#added > 0) {
      if (this.#framesShown) counters.add(TSHARK_MISSING_FRAMES, this.#framesMissing);
      else counters.add(TSHARK_TIMES_ADDED_UP);
    }
    return this.#packets.finish(format, loss, kind === 'epoch' ? 'epoch' : 'relative');
  }

  #readTime(values: FieldValues): PacketTime | null {
    this.#timeField ??= bestTimeField(values);
    const text = this.#timeField && values.get(this.#timeField.name);
    const ns =
      this.#timeField && text !== null
        ? this.#readField(text, this.#timeField, values)
        : this.#readMilliseconds(values);
    if (ns !== null) this.#hasTime = true;
    return ns === null ? null : fromNs(ns);
  }

  #readField(text: string, { kind }: TimeField, values: FieldValues): bigint | null {
    if (kind === 'epoch') {
      const read = readEpoch(text);
      if (read?.isZoneAssumed === true) this.#isZoneAssumed = true;
      return read?.ns ?? null;
    }
    const seconds = readSeconds(text);
    if (kind === 'relative' || seconds === null) return seconds;
    this.#noteFrame(values.get('frame.number'));
    // The first line's difference is to a packet that is not there.
    this.#sum += this.#added === 0 ? 0n : seconds;
    this.#added++;
    return this.#sum;
  }

  #readMilliseconds({ milliseconds }: FieldValues): bigint | null {
    if (milliseconds === null || !/^\d{1,14}$/.test(milliseconds)) return null;
    if (this.#timeField !== null && this.#timeField.kind !== 'epoch') return null;
    this.#context.counters.add(TSHARK_MILLISECONDS);
    return BigInt(milliseconds) * MILLISECOND;
  }

  #noteFrame(text: string | null): void {
    if (text === null || !/^\d{1,15}$/.test(text)) return;
    const number = Number(text);
    if (this.#frame !== null && number !== this.#frame + 1) this.#framesMissing++;
    this.#frame = number;
    this.#framesShown = true;
  }
}
