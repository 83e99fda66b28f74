import type { Capture, CapturedAdvertisement } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import { relativeTo } from '../../time/ns.js';
import type { CaptureContext } from './context.js';
import { readLines, type TextLine } from './lines.js';
import type { CounterDefinition } from '../../model/counters.js';
import {
  CUT_RECORD,
  TEXT_MIXED_TIMES,
  TEXT_UNKNOWN_LINE,
  TEXT_WRAPPED_LINE,
  TIME_OUT_OF_RANGE,
  VRRP_BAD_CHECKSUM,
} from './problems.js';
import { TcpdumpClock } from './tcpdump-clock.js';
import { readPacketText, type OpenedPacket, type PacketText, type PrintedAdvertisement } from './tcpdump-line.js';
import { ClosingStatistics, isClosingLine } from './tcpdump-stats.js';
import { readPrintedTime, type PrintedTime, type TimeShape } from './tcpdump-time.js';
import { endsLikeALine, WrappedLine } from './tcpdump-wrap.js';

/** What tcpdump says about itself, on stderr. */
const ABOUT_ITSELF =
  /^(?:tcpdump: |reading from file |dropped privs to |listening on |Warning: |WARNING: |\^C)|use -v(?:\[v\]\.\.\.)? for full protocol decode/;

/** What stands behind the time (or, with -t, alone): the interface of -i any, then a protocol or a link header. */
const PACKET_BODY =
  /^(?:(?:\S+ +)?(?:In|Out|B|M|P) +)?(?:(?:IP6?|ARP|ip:|AF|STP\S*|LLDP|EAPOL|LLC|ethertype|ifindex)[ ,]|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} (?:\(oui [^)]{1,40}\) )?(?:>|ethertype) )/;

const isAboutItself = (line: string): boolean => ABOUT_ITSELF.test(line) || isClosingLine(line);

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

/** Where a packet stands: the line that carries its time, and that line's place in time. */
interface Place {
  readonly line: TextLine;
  readonly position: TcpdumpClock['position'];
}

/** A -v packet whose second line has not come yet. */
interface PendingPacket extends Place {
  readonly opened: OpenedPacket;
}

/** A line that may go on below. */
interface UnfinishedLine extends Place {
  readonly wrapped: WrappedLine;
  /** What it counts as where it does not go on. */
  readonly problem: CounterDefinition | null;
  /** With how many more pieces it is a whole line of something else, as far as can be told; null with none. */
  readonly passable: number | null;
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
  #unfinished: UnfinishedLine | null = null;
  /** Length of the last line that was seen to go on below: what stands below one of that length is the rest of it. */
  #width = 0;
  /** The line before. */
  #before = '';

  constructor(context: CaptureContext) {
    this.#context = context;
    this.#clock = new TcpdumpClock(context);
  }

  readLine(line: TextLine): void {
    const { text } = line;
    const printed = readPrintedTime(text);
    if (printed) this.#readTimed(line, printed);
    else if ((this.#pending ? /^\s/ : /^(?: {4}|\t)/).test(text) && this.#records > 0) this.#readIndented(line);
    else if (!this.#goesOn(line)) {
      this.#giveUp();
      this.#pending = null;
      // What is indented otherwise is of a packet's contents.
      if (!/^\s/.test(text) || this.#records === 0) this.#readOther(line);
    }
    this.#before = text;
  }

  #readTimed(line: TextLine, printed: PrintedTime): void {
    this.#giveUp();
    this.#pending = null;
    this.#shape ??= printed.shape;
    this.#records++;
    if (printed.shape !== this.#shape) {
      this.#context.counters.add(TEXT_MIXED_TIMES);
      return;
    }
    this.#clock.addLine(printed);
    this.#readPacket(printed.rest, line.text.length, { line, position: this.#clock.position }, null);
  }

  /** The second line of a -v packet, or its contents. */
  #readIndented(line: TextLine): void {
    this.#giveUp();
    const pending = this.#pending;
    this.#pending = null;
    if (!pending) return;
    const { position, opened } = pending;
    this.#readPacket(line.text, line.text.length, { line: { ...line, number: pending.line.number }, position }, opened);
  }

  /** Whether a line is the rest of the one before, which a terminal broke. */
  #goesOn(line: TextLine): boolean {
    const { text } = line;
    if (text.trim() === '' || isAboutItself(text)) return false;
    const unfinished = this.#unfinished;
    if (!unfinished) {
      const isRest = this.#width > 0 && this.#before.length === this.#width && !isUntimedPacket(text);
      if (isRest) this.#context.counters.add(TEXT_WRAPPED_LINE);
      return isRest;
    }
    if (!unfinished.wrapped.mayGoOn) return false;
    const wrapped = unfinished.wrapped.with(text);
    const joined = wrapped.judge(this.#width);
    const place = { ...unfinished, line: { ...unfinished.line, isWhole: line.isWhole } };
    if (joined.kind === 'whole') {
      this.#context.counters.add(TEXT_WRAPPED_LINE);
      this.#width = Math.max(this.#width, wrapped.columns);
      this.#unfinished = null;
      this.#keep(joined.read, place);
      return true;
    }
    if (unfinished.passable === 0 && isUntimedPacket(text)) return false;
    this.#unfinished = { ...place, wrapped, passable: joined.kind === 'passable' ? wrapped.added : place.passable };
    return true;
  }

  /** What did not go on after all counts as what it is; the lines below it say nothing. */
  #giveUp(): void {
    const unfinished = this.#unfinished;
    this.#unfinished = null;
    if (!unfinished) return;
    const { wrapped, problem, passable, line } = unfinished;
    if (passable !== null && passable > 0) this.#context.counters.add(TEXT_WRAPPED_LINE);
    const unknown = wrapped.added - (passable ?? 0);
    const isCut = !line.isWhole && (unknown > 0 || passable === null);
    if (problem && (passable ?? 0) === 0 && !(isCut && unknown === 0)) this.#context.counters.add(problem);
    if (isCut) this.#context.counters.add(CUT_RECORD);
    this.#unknown += isCut ? Math.max(0, unknown - 1) : unknown;
  }

  finish(): Capture {
    const { where, counters } = this.#context;
    this.#giveUp();
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

  #readPacket(text: string, length: number, place: Place, opened: OpenedPacket | null): void {
    const read = readPacketText(text, opened);
    if (read.kind === 'advertisement' || read.kind === 'opened') this.#keep(read, place);
    else {
      const wrapped = WrappedLine.begin(text, length, opened);
      const problem = read.kind === 'problem' ? read.problem : null;
      this.#unfinished = { ...place, wrapped, problem, passable: problem === null && endsLikeALine(text) ? 0 : null };
    }
  }

  #keep(read: PacketText, place: Place): void {
    if (read.kind === 'opened') this.#pending = { ...place, opened: read.opened };
    else if (read.kind === 'advertisement') {
      if (read.hasBadChecksum) this.#context.counters.add(VRRP_BAD_CHECKSUM);
      this.#clock.keepAt(place.position);
      this.#found.push({ packet: place.line.number, advertisement: read.advertisement });
    }
  }

  #readOther(line: TextLine): void {
    if (line.text.trim() === '') return;
    if (isAboutItself(line.text)) {
      this.#statistics.addLine(line.text);
      this.#status++;
    } else if (isUntimedPacket(line.text)) {
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
 * -i any, with or without -n. Hex dumps (-x, -X, -A) are passed over. Lines that a terminal broke are put together.
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
  for await (const line of readLines(bytes, context)) reader.readLine(line);
  return reader.finish();
};
