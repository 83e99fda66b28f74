import type { Capture, CapturedAdvertisement } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import { relativeTo } from '../../time/ns.js';
import type { CaptureContext } from './context.js';
import { splitLines, type TextLine } from './lines.js';
import { CUT_RECORD, TEXT_MIXED_TIMES, TEXT_UNKNOWN_LINE, TIME_OUT_OF_RANGE, VRRP_BAD_CHECKSUM } from './problems.js';
import { TcpdumpClock } from './tcpdump-clock.js';
import { readPacketText, type OpenedPacket, type PrintedAdvertisement } from './tcpdump-line.js';
import { ClosingStatistics } from './tcpdump-stats.js';
import { readPrintedTime, type TimeShape } from './tcpdump-time.js';

/** What tcpdump says about itself, on stderr. */
const ABOUT_ITSELF =
  /^(?:tcpdump: |reading from file |dropped privs to |listening on |Warning: |WARNING: |\^C)|use -v(?:\[v\]\.\.\.)? for full protocol decode/;

/** What stands behind the time (or, with -t, alone): the interface of -i any, then a protocol or a link header. */
const PACKET_BODY =
  /^(?:(?:\S+ +)?(?:In|Out|B|M|P) +)?(?:(?:IP6?|ARP|ip:|AF|STP\S*|LLDP|EAPOL|LLC|ethertype|ifindex)[ ,]|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} (?:\(oui [^)]{1,40}\) )?(?:>|ethertype) )/;

/** How most of tcpdump's lines end; a last line without a line feed that ends otherwise was cut. */
const ENDS_LIKE_A_LINE = /(?:length \d+|\))$/;

const withoutIndex = (line: string): string => line.replace(/^ {0,12}\d{1,15} {2}/, '');
const isUntimedPacket = (line: string): boolean =>
  PACKET_BODY.test(withoutIndex(line)) && / > \S+: |\((?:tos|class|hlim) |\bARP, /.test(line);

/**
 * Whether a text that begins with these lines is tcpdump's: a line that names a packet, with or without a time (-t, so
 * that reading it can say what is wrong), or what tcpdump says when it starts and nothing that says packets went elsewhere.
 */
export const isTcpdumpText = (lines: readonly string[]): boolean => {
  if (lines.some((line) => PACKET_BODY.test(readPrintedTime(line)?.rest ?? '') || isUntimedPacket(line))) return true;
  const isListening = lines.some((line) => /^(?:tcpdump: )?(?:listening on|reading from file) .*link-type /.test(line));
  return isListening && !lines.some((line) => /\b[1-9]\d* packets? captured/.test(line));
};

/** A -v packet whose second line has not come yet. */
interface PendingPacket {
  readonly opened: OpenedPacket;
  readonly line: number;
  readonly position: TcpdumpClock['position'];
}

/** Reads the lines of one text. */
class TextReader {
  readonly #context: CaptureContext;
  readonly #clock: TcpdumpClock;
  readonly #statistics = new ClosingStatistics();
  readonly #found: { packet: number; advertisement: PrintedAdvertisement }[] = [];
  #shape: TimeShape | null = null;
  #records = 0;
  #untimed = 0;
  #unknown = 0;
  #status = 0;
  #firstUntimed = 0;
  #pending: PendingPacket | null = null;

  constructor(context: CaptureContext) {
    this.#context = context;
    this.#clock = new TcpdumpClock(context);
  }

  readLine(line: TextLine): void {
    const { text } = line;
    const pending = this.#pending;
    this.#pending = null;
    const printed = readPrintedTime(text);
    if (printed) {
      this.#shape ??= printed.shape;
      this.#records++;
      if (printed.shape !== this.#shape) {
        this.#context.counters.add(TEXT_MIXED_TIMES);
        return;
      }
      this.#clock.addLine(printed);
      this.#readPacket(printed.rest, { line, position: this.#clock.position, opened: null });
    } else if (/^\s/.test(text) && this.#records > 0) {
      if (pending) {
        const { position, opened } = pending;
        this.#readPacket(text, { line: { ...line, number: pending.line }, position, opened });
      }
    } else this.#readOther(line);
  }

  finish(): Capture {
    const { where, counters } = this.#context;
    if (this.#pending) counters.add(CUT_RECORD);
    if (this.#shape === null) {
      if (this.#untimed > 0) {
        throw new InputError(
          'the packets have no time (tcpdump -t)',
          `${where}, line ${String(this.#firstUntimed)}`,
          'record again without -t, best as a file with tcpdump -w',
        );
      }
      if (this.#status === 0) {
        throw new InputError(
          'no line of tcpdump',
          `${where}, line 1`,
          'give the text that tcpdump prints, or a pcap file',
        );
      }
    }
    counters.add(TEXT_UNKNOWN_LINE, this.#unknown + this.#untimed);
    return this.#makeCapture(this.#shape ?? 'epoch');
  }

  #readPacket(
    text: string,
    at: { line: TextLine; position: TcpdumpClock['position']; opened: OpenedPacket | null },
  ): void {
    const { counters } = this.#context;
    const read = readPacketText(text, at.opened);
    if (read.kind === 'opened') {
      this.#pending = { opened: read.opened, line: at.line.number, position: at.position };
    } else if (read.kind === 'problem') {
      counters.add(at.line.isWhole ? read.problem : CUT_RECORD);
    } else if (read.kind === 'other') {
      if (!at.line.isWhole && !ENDS_LIKE_A_LINE.test(text)) counters.add(CUT_RECORD);
    } else {
      if (read.hasBadChecksum) counters.add(VRRP_BAD_CHECKSUM);
      this.#clock.keepAt(at.position);
      this.#found.push({ packet: at.line.number, advertisement: read.advertisement });
    }
  }

  #readOther(line: TextLine): void {
    if (line.text.trim() === '') return;
    if (this.#statistics.addLine(line.text) || ABOUT_ITSELF.test(line.text)) this.#status++;
    else if (isUntimedPacket(line.text)) {
      this.#untimed++;
      if (this.#firstUntimed === 0) this.#firstUntimed = line.number;
    } else if (line.isWhole) this.#unknown++;
    else this.#context.counters.add(CUT_RECORD);
  }

  #makeCapture(shape: TimeShape): Capture {
    const found = this.#found.map(({ advertisement }) => advertisement);
    const resolved = this.#clock.resolve(shape, found);
    const baseNs = resolved.clock === 'epoch' ? (resolved.times[0] ?? resolved.earliest) : 0n;
    const advertisements: CapturedAdvertisement[] = [];
    for (const [i, { packet, advertisement }] of this.#found.entries()) {
      const time = relativeTo(baseNs, resolved.times[i] ?? 0n);
      if (Number.isSafeInteger(time)) advertisements.push({ time, packet, ...advertisement });
      else this.#context.counters.add(TIME_OUT_OF_RANGE);
    }
    const isEmpty = this.#records === 0;
    return {
      format: 'tcpdump-text',
      clock: resolved.clock,
      baseNs,
      advertisements,
      records: this.#records,
      first: isEmpty ? null : relativeTo(baseNs, resolved.earliest),
      last: isEmpty ? null : relativeTo(baseNs, resolved.latest),
      loss: this.#statistics.loss(),
    };
  }
}

/**
 * Read what tcpdump printed, as a stream: the default form, -tt, -ttt, -tttt, -ttttt, with any of --nano, -#, -e, -v,
 * -i any, with or without -n. Hex dumps (-x, -X, -A) are passed over.
 *
 * `clock` is `epoch` for -tt and -tttt (whose dates carry no zone and are read as UTC), `time-of-day` for the default
 * (base 0, the first line's midnight; later midnights are unrolled), `relative` for -ttt and -ttttt (the first line is
 * 0; how the two are told apart: {@link TcpdumpClock}). `packet` is the line that carries the time. `records` counts
 * packets, not lines. Closing lines inside the text set `loss`.
 *
 * @throws InputError where no packet has a time (-t), or no line is tcpdump's
 */
export const readTcpdumpText = async (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> => {
  const reader = new TextReader(context);
  for await (const line of splitLines(bytes, context)) reader.readLine(line);
  return reader.finish();
};
