import type { ClockKind, Loss } from '../../model/advertisement.js';
import type { CounterTable } from '../../model/counters.js';
import { InputError } from '../../model/input-error.js';
import { parseSysdigStats } from '../sysdig-stats.js';
import type { TraceContext } from '../trace/open-trace.js';
import { makeRow } from '../trace/row-batches.js';
import type { LineReader, RowSink } from '../trace/text-trace.js';
import { commonForm, meaningOfCounts, TextClock, type TimeMeaning, type TimeSample } from './clock.js';
import { makeEventLine, MISSING, readEventLine } from './line.js';
import * as problems from './problems.js';
import type { TimeForm } from './time.js';

/** So many of the first events tell what the times of a text are, and fewer where they are this long (characters). */
const JUDGED_EVENTS = 512;
const JUDGED_LENGTH = 2 ** 20;

/** What `sysdig -v` says when it ends. */
const STATISTICS = /^(?:Driver (?:Events|Drops)|Suppressed by Comm|Threads suppressed):\s*\d+$|^Elapsed time: [\d.]+,/;

const STATISTICS_KEPT = 16;

interface HeldLine {
  readonly text: string;
  readonly number: number;
}

/** Events of sysdig's text. The first ones are held until it is known what their times are. */
export class SysdigTextReader implements LineReader {
  readonly #rows: RowSink;
  readonly #where: string;
  readonly #counters: CounterTable;
  readonly #line = makeEventLine();
  readonly #row = makeRow();
  #held: HeldLine[] = [];
  #samples: TimeSample[] = [];
  #heldLength = 0;
  #form: TimeForm | null = null;
  #times: TextClock | null = null;
  /** sysdig writes a space behind every event; text that was copied has lost it. */
  #hasSpaces = false;
  /** The recorder's closing statistics, line by line: the last of them. */
  #statistics: string[] = [];

  constructor(rows: RowSink, { where, counters }: TraceContext) {
    this.#rows = rows;
    this.#where = where;
    this.#counters = counters;
  }

  get clock(): ClockKind {
    return this.#times?.kind ?? 'relative';
  }

  /** What the recorder's closing statistics say, where they are in the text; null where they are not, or say nothing. */
  get loss(): Loss | null {
    const loss = parseSysdigStats(this.#statistics.join('\n'));
    // A file that is read back is said to have had no events and no drops.
    return loss.known && loss.offered !== 0 ? loss : null;
  }

  readLine(text: string, number: number, isWhole: boolean): void {
    if (!readEventLine(text, this.#line)) {
      this.#noteOther(text.trim(), isWhole);
      return;
    }
    const hasSpace = text.endsWith(' ');
    if (!isWhole && this.#hasSpaces && !hasSpace) {
      this.#counters.add(problems.CUT_LINE);
      return;
    }
    this.#hasSpaces ||= hasSpace;
    if (this.#times) this.#give(this.#times, number);
    else this.#hold(text, number);
  }

  end(): void {
    if (!this.#times && this.#held.length > 0) this.#judge();
  }

  #noteOther(text: string, isWhole: boolean): void {
    if (text === '') this.#counters.add(problems.BLANK_LINE);
    else if (STATISTICS.test(text)) {
      this.#counters.add(problems.STATISTICS_LINE);
      this.#statistics = [...this.#statistics.slice(1 - STATISTICS_KEPT), text];
    } else this.#counters.add(!isWhole && /^\d+(?: |$)/.test(text) ? problems.CUT_LINE : problems.FOREIGN_LINE);
  }

  #hold(text: string, number: number): void {
    const { form, seconds, nanos, dir } = this.#line;
    this.#held.push({ text, number });
    this.#samples.push({ form, seconds, nanos, dir });
    this.#heldLength += text.length;
    if (this.#held.length >= JUDGED_EVENTS || this.#heldLength >= JUDGED_LENGTH) this.#judge();
  }

  #judge(): void {
    const form = commonForm(this.#samples) ?? 'epoch';
    const samples = this.#samples.filter((sample) => sample.form === form);
    const times = new TextClock(this.#meaningOf(form, samples));
    if (form === 'time-of-day') times.startDay(firstDay(samples));
    this.#form = form;
    this.#times = times;
    const held = this.#held;
    this.#held = [];
    this.#samples = [];
    for (const { text, number } of held) if (readEventLine(text, this.#line)) this.#give(times, number);
  }

  #meaningOf(form: TimeForm, samples: readonly TimeSample[]): TimeMeaning {
    if (form === 'time-of-day') return 'time-of-day';
    if (form !== 'count') return 'epoch';
    const meaning = meaningOfCounts(samples);
    if (meaning === 'since-call') {
      throw new InputError(
        'tells how long calls took (sysdig -t d) but not when they were',
        this.#where,
        'record with sysdig -t a, or with -j',
      );
    }
    if (meaning === 'since-event') this.#counters.add(problems.SUMMED_TIMES);
    return meaning;
  }

  #give(times: TextClock, number: number): void {
    const line = this.#line;
    if (line.form !== this.#form) {
      this.#counters.add(problems.OTHER_TIME);
      return;
    }
    times.take(line);
    const row = this.#row;
    row.seconds = times.seconds;
    row.nanos = times.nanos;
    row.num = line.num;
    row.cpu = line.cpu === MISSING ? this.#miss(problems.NO_CPU) : line.cpu;
    row.tid = line.tid === MISSING ? this.#miss(problems.NO_THREAD) : line.tid;
    row.comm = line.comm;
    row.type = line.type;
    row.dir = line.dir;
    row.info = line.info;
    this.#rows.add(row, number);
  }

  #miss(problem: typeof problems.NO_CPU): number {
    this.#counters.add(problem);
    return -1;
  }
}

/** The number of the first event's day, such that none of the first events' is below 0. */
const firstDay = (samples: readonly TimeSample[]): number => {
  const times = new TextClock('time-of-day');
  let least = 0;
  for (const sample of samples) {
    times.take(sample);
    least = Math.min(least, times.seconds);
  }
  return least < 0 ? 1 : 0;
};
