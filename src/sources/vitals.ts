import type { CounterDefinition, CounterTable } from '../model/counters.js';
import type { Vitals } from '../model/vitals.js';
import { relativeTo } from '../time/ns.js';
import { GrowthSeries } from './growth-series.js';
import { splitLines } from './text-lines.js';

const BAD_LINE: CounterDefinition = {
  name: 'vitals_bad_line',
  source: 'vitals',
  severity: 'data-loss',
  help: 'Lines of the vitals that are no JSON object with ns and clock, or lie more than 104 days from the first, were left out; copy the file again.',
};
const CUT_LINE: CounterDefinition = {
  name: 'vitals_cut_line',
  source: 'vitals',
  severity: 'info',
  help: 'The last line of the vitals has no end and was left out, as when the recorder was stopped.',
};
const OTHER_CLOCK: CounterDefinition = {
  name: 'vitals_other_clock',
  source: 'vitals',
  severity: 'error',
  help: 'Samples of the vitals whose clock is not "realtime" cannot be related to the trace and were left out.',
};
const TIME_BACKWARDS: CounterDefinition = {
  name: 'vitals_time_backwards',
  source: 'vitals',
  severity: 'notice',
  help: 'Samples of the vitals are earlier than the one before (the clock was set back, or two files were put together); nothing is read from the growth across them.',
};
const COUNTER_BACKWARDS: CounterDefinition = {
  name: 'vitals_counter_backwards',
  source: 'vitals',
  severity: 'notice',
  help: 'Counters in the vitals fell (a reboot, a CPU taken out, a control group made anew); nothing is read from that.',
};

/** A heartbeat this late (ns) at most is an ordinary wake-up. */
const ORDINARY_LATENESS = 20_000_000;
const MAX_CPUS = 4096;
const FARTHEST = 2 ** 53;

/** Whether a line is a sample of vitals, whole or cut: an object that begins with its time and names its clock. */
export const isVitalsLine = (line: string): boolean =>
  /^\ufeff?\{\s*"ns"\s*:\s*"?\d{1,19}"?\s*,\s*"clock"\s*:\s*"/.test(line);

/** A sample as far as it is read. */
interface Sample {
  readonly time: number;
  readonly line: number;
  readonly steal: ReadonlyMap<number, number>;
  readonly throttled: number | null;
  readonly throttlings: number | null;
}

/**
 * Read samples of counters (docs/inputs.md, "Vitals"). What stands still is not kept, so memory grows with what the host
 * steals and not with the length of the recording, up to a fixed size for each counter.
 *
 * @param counters for lines and samples that cannot be used
 */
export const readVitals = async (bytes: AsyncIterable<Uint8Array>, counters: CounterTable): Promise<Vitals> => {
  const fold = new VitalsFold(counters);
  for await (const { first, texts, unterminated } of splitLines(bytes)) {
    texts.forEach((text, i) => {
      fold.addLine(text, first + i, !(unterminated && i === texts.length - 1));
    });
  }
  return fold.end();
};

class VitalsFold {
  readonly #counters: CounterTable;
  readonly #steal = new Map<number, GrowthSeries>();
  readonly #heartbeat = new Map<number, GrowthSeries>();
  readonly #throttled = new GrowthSeries(true);
  readonly #throttlings = new GrowthSeries(false);
  #base: bigint | null = null;
  #samples = 0;
  #first: number | null = null;
  #newest: number | null = null;
  #last: Sample | null = null;

  constructor(counters: CounterTable) {
    this.#counters = counters;
  }

  addLine(text: string | null, line: number, isWhole: boolean): void {
    if (text?.trim() === '') return;
    const row = text === null ? null : parseObject(text);
    const ns = row === null ? null : timeOf(row['ns']);
    if (row === null || ns === null || typeof row['clock'] !== 'string') {
      this.#counters.add(isWhole ? BAD_LINE : CUT_LINE);
      return;
    }
    if (row['clock'] !== 'realtime') {
      this.#counters.add(OTHER_CLOCK);
      return;
    }
    this.#base ??= ns;
    const time = relativeTo(this.#base, ns);
    if (Math.abs(time) > FARTHEST) {
      this.#counters.add(BAD_LINE);
      return;
    }
    this.#addSample(row, time, line);
  }

  end(): Vitals {
    return {
      baseNs: this.#base ?? 0n,
      samples: this.#samples,
      first: this.#first,
      last: this.#newest,
      steal: this.#steal,
      heartbeat: this.#heartbeat,
      throttled: this.#throttled,
      throttlings: this.#throttlings,
    };
  }

  #addSample(row: Row, time: number, line: number): void {
    const last = this.#last;
    const stat = objectIn(objectIn(row, 'sender'), 'cpu_stat');
    const sample: Sample = {
      time,
      line,
      steal: countersByCpu(row['cpu'], 'steal'),
      throttled: countOf(stat?.['throttled_ns']),
      throttlings: countOf(stat?.['nr_throttled']),
    };
    this.#samples++;
    this.#first = Math.min(this.#first ?? time, time);
    this.#newest = Math.max(this.#newest ?? time, time);
    this.#last = sample;
    if (last !== null && time <= last.time) {
      this.#counters.add(TIME_BACKWARDS);
      return;
    }
    for (const [cpu, late] of countersByCpu(row['heartbeat'], 'late_ns')) {
      if (late > ORDINARY_LATENESS)
        seriesOf(this.#heartbeat, cpu).note(last?.time ?? time - late, time, late, last?.line ?? line, line);
    }
    if (last === null) return;
    for (const [cpu, value] of sample.steal)
      this.#note(seriesOf(this.#steal, cpu), last.steal.get(cpu) ?? null, value, last, sample);
    this.#note(this.#throttled, last.throttled, sample.throttled, last, sample);
    this.#note(this.#throttlings, last.throttlings, sample.throttlings, last, sample);
  }

  #note(series: GrowthSeries, before: number | null, now: number | null, last: Sample, sample: Sample): void {
    if (before === null || now === null) return;
    if (now < before) this.#counters.add(COUNTER_BACKWARDS);
    series.note(last.time, sample.time, now - before, last.line, sample.line);
  }
}

type Row = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

const parseObject = (text: string): Row | null => {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
};

const objectIn = (row: Row | null, key: string): Row | null => {
  const value = row?.[key];
  return isObject(value) ? value : null;
};

/** ns since 1970: decimal digits, as a text because they pass 2^53. */
const timeOf = (value: unknown): bigint | null =>
  typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : null;

const countOf = (value: unknown): number | null => {
  const count = typeof value === 'string' && /^\d{1,19}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count : null;
};

const countersByCpu = (value: unknown, key: string): Map<number, number> => {
  const counts = new Map<number, number>();
  if (!isObject(value)) return counts;
  for (const [name, cpu] of Object.entries(value)) {
    const number = /^\d{1,4}$/.test(name) ? Number(name) : MAX_CPUS;
    const count = isObject(cpu) ? countOf(cpu[key]) : null;
    if (number < MAX_CPUS && count !== null) counts.set(number, count);
  }
  return counts;
};

const seriesOf = (all: Map<number, GrowthSeries>, cpu: number): GrowthSeries => {
  let series = all.get(cpu);
  if (!series) all.set(cpu, (series = new GrowthSeries(true)));
  return series;
};
