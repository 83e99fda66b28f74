import type { Capture } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import type { CaptureContext } from './context.js';
import { JsonScanner, type JsonSink } from './json-scanner.js';
import { CUT_RECORD, TSHARK_BROKEN_JSON, TSHARK_OTHER_LINE } from './problems.js';
import { ClosingStatistics } from './tcpdump-stats.js';
import { TsharkCollector } from './tshark-collector.js';
import { isAboutItself } from './tshark-lines.js';
import { FIELD_NAMES, FieldValues, type FieldName } from './tshark-values.js';

/** Whether a text that begins so is tshark's `-T json`. */
export const isTsharkJson = (text: string): boolean => /"_source"\s*:\s*\{\s*"layers"\s*:\s*\{/.test(text);

/** Whether a text that begins so is tshark's `-T ek`. */
export const isTsharkEk = (text: string): boolean =>
  /^\ufeff?\{"index"\s*:\s*\{"_index"\s*:\s*"packets-|^\ufeff?\{"timestamp"\s*:\s*"\d+"\s*,\s*"layers"\s*:\s*\{/m.test(
    text,
  );

/**
 * Keys by the field they show: as they stand in JSON, with underscores and their protocol in front in EK, with
 * underscores alone where fields were chosen (-e).
 */
const FIELD_OF_KEY = new Map<string, FieldName>(
  FIELD_NAMES.flatMap((name) => {
    const flat = name.replaceAll('.', '_');
    return [name, flat, `${name.slice(0, name.indexOf('.'))}_${flat}`].map((key) => [key, name] as const);
  }),
);

/** Picks the packets out of what a scanner tells. */
class PacketPicker implements JsonSink {
  readonly #context: CaptureContext;
  readonly #collector: TsharkCollector;
  readonly #statistics: ClosingStatistics;
  readonly #values = new FieldValues();
  #layersDepth = 0;
  #key: string | null = null;
  #field: FieldName | null = null;
  #isWhole = false;
  objects = 0;

  constructor(context: CaptureContext, collector: TsharkCollector, statistics: ClosingStatistics) {
    this.#context = context;
    this.#collector = collector;
    this.#statistics = statistics;
  }

  onOpen(isObject: boolean, depth: number): void {
    if (isObject) {
      this.objects++;
      if (this.#layersDepth === 0 && this.#key === 'layers') this.#layersDepth = depth;
      else if (this.#key === 'vrrp') this.#isWhole = true;
      this.#field = null;
    }
    this.#key = null;
  }

  onClose(depth: number): void {
    if (this.#layersDepth === 0 || depth > this.#layersDepth) return;
    this.#collector.add(this.#values, this.#isWhole);
    this.#forget();
  }

  onKey(name: string | null): void {
    this.#key = name;
    this.#field = this.#layersDepth > 0 && name !== null ? (FIELD_OF_KEY.get(name) ?? null) : null;
    if (this.#layersDepth > 0 && (name === 'vrrp' || name === 'vrrp_raw')) this.#values.markVrrp();
  }

  onScalar(text: string | null): void {
    if (text === null) return;
    if (this.#field !== null) this.#values.add(this.#field, text);
    else if (this.#layersDepth === 0 && this.#key === 'timestamp') this.#values.milliseconds = text;
  }

  onBroken(): void {
    this.#context.counters.add(TSHARK_BROKEN_JSON);
    this.#forget();
  }

  onOtherLine(text: string): void {
    if (!this.#statistics.addLine(text) && !isAboutItself(text)) this.#context.counters.add(TSHARK_OTHER_LINE);
  }

  #forget(): void {
    this.#layersDepth = 0;
    this.#field = null;
    this.#key = null;
    this.#isWhole = false;
    this.#values.clear();
  }
}

const readTsharkTree = async (
  format: 'tshark-json' | 'tshark-ek',
  bytes: AsyncIterable<Uint8Array>,
  context: CaptureContext,
): Promise<Capture> => {
  const collector = new TsharkCollector(context);
  const statistics = new ClosingStatistics();
  const picker = new PacketPicker(context, collector, statistics);
  const scanner = new JsonScanner(picker, format === 'tshark-ek' ? 'line' : { key: '_index' });
  for await (const chunk of bytes) scanner.push(chunk);
  scanner.end();
  if (scanner.isInsideValue) context.counters.add(CUT_RECORD);
  if (picker.objects === 0) {
    throw new InputError(
      "no packet of tshark's",
      context.where,
      'give what tshark -T json or -T ek prints, or a pcap file',
    );
  }
  return collector.finish(format, statistics.loss());
};

/**
 * Read what `tshark -T json` prints (also with -x, -j, -J, -e, --no-duplicate-keys), as a stream: fields that are not
 * used, a password among them, are passed over byte by byte. A broken place costs the packet it is in.
 *
 * `packet` counts the packets from 1.
 *
 * @throws InputError where there is no packet, or packets of VRRP show no time, source, router id or priority
 */
export const readTsharkJson = (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> =>
  readTsharkTree('tshark-json', bytes, context);

/**
 * Read what `tshark -T ek` prints, as {@link readTsharkJson} does; a broken place costs its line. Times are
 * `frame.time_epoch`; where that was left out, those of the `timestamp`, which are of whole milliseconds, and counted.
 */
export const readTsharkEk = (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> =>
  readTsharkTree('tshark-ek', bytes, context);
