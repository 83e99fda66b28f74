// @ts-check
/** The parts of a recording into one file of rows and its statistics, in bounded memory. */
import { renameSync, writeFileSync } from 'node:fs';
import { LossAccount } from './losses.js';
import { LineParser, readLines, readLost } from './raw-lines.js';
import { ReorderBuffer } from './reorder-buffer.js';
import { RowFile } from './row-file.js';
import { RowRenderer } from './row-renderer.js';
import { readStart, startWithClocks } from './start.js';

/**
 * @typedef {import('./raw-lines.js').RawEvent} RawEvent
 * @typedef {import('./start.js').Start} Start
 *
 * @typedef {object} Job
 * @property {bigint | null} since first wall-clock time of which rows are written, ns since 1970; null: no bound
 * @property {bigint | null} until the last one
 * @property {string | null} messages file with what the tracer wrote to stderr
 * @property {string} out
 * @property {string} stats
 * @property {string[]} parts raw files, in order of time
 *
 * @typedef {{ rows: number, lost: number, malformed: number, late: number }} Outcome
 *
 * @typedef {{ cpu: number, time: number, start: Start }} Begin a part begins; time of its first event
 * @typedef {{ since: number, until: number }} Bounds ns, as events' times have them
 */

const SECOND = 1_000_000_000n;

class PartsRenderer {
  #job;
  #file;
  #parser = new LineParser();
  #renderer = new RowRenderer();
  /** @type {ReorderBuffer<RawEvent | Begin>} */
  #buffer = new ReorderBuffer();
  /** @type {Bounds} of the part that is read, and of the one whose rows are made */
  #reading = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  #rendering = this.#reading;
  #losses = new LossAccount((from, to) => to >= this.#reading.since && from <= this.#reading.until);
  #newest = 0;
  #malformed = 0;
  /** @type {Start | null} what is known of the part before */
  #start = null;

  /** @param {Job} job */
  constructor(job) {
    this.#job = job;
    this.#file = new RowFile(job.out);
  }

  /** @returns {Promise<Outcome>} */
  async run() {
    try {
      if (this.#job.messages !== null) await this.#readMessages(this.#job.messages);
      for (const part of this.#job.parts) await this.#readPart(part);
      await this.#write(this.#buffer.end());
      const rows = await this.#file.end();
      return { rows, lost: this.#losses.lost, malformed: this.#malformed, late: this.#buffer.late };
    } catch (error) {
      this.#file.abandon();
      throw error;
    }
  }

  /** @param {string} path */
  async #readMessages(path) {
    try {
      for await (const { lines } of readLines(path)) {
        for (const line of lines) this.#losses.noteTold(readLost(line));
      }
    } catch {
      // Whoever called was told when it is not there.
    }
  }

  /** @param {string} path */
  async #readPart(path) {
    const own = readStart(path.replace(/\.raw$/, '.start.json'));
    let begun = false;
    let whole = true;
    try {
      for await (const { lines, cut } of readLines(path)) {
        if (cut) this.#malformed += 1;
        for (const line of lines) {
          const read = this.#parser.parse(line);
          if (read.kind === 'malformed') this.#malformed += 1;
          else if (read.kind === 'beats') this.#losses.noteEnd(read.cpu, read.number);
          else if (read.kind === 'lost') this.#noteLost(read.events);
          else if (read.kind === 'event') {
            const { event, beat } = read;
            if (!begun) {
              begun = true;
              await this.#begin(own, event);
            }
            this.#newest = event.time;
            if (beat) this.#losses.noteBeat(beat);
            else this.#renderer.note(event);
            const ready = this.#buffer.push(event);
            if (ready.length > 0) await this.#write(ready);
          }
        }
      }
    } catch (error) {
      whole = false;
      if (!isOfReading(error, path)) throw error;
    }
    if (!begun || !whole) this.#malformed += 1;
  }

  /**
   * @param {Start | null} own what was noted when the part began
   * @param {RawEvent} first
   */
  async #begin(own, { cpu, time }) {
    const start = own ?? this.#start ?? startWithClocks();
    // Without a note of its own a part goes on with what is known by then.
    if (own === null && this.#start !== null) return;
    const isFirst = this.#start === null;
    this.#start = start;
    this.#reading = this.#boundsOf(start);
    const begin = { cpu, time, start };
    // A line that is read later may be of an earlier time, and of the first part nothing is known before.
    await this.#write(isFirst ? [begin] : this.#buffer.push(begin));
  }

  /** @param {number} events */
  #noteLost(events) {
    const { since, until } = this.#reading;
    if (this.#newest >= since && this.#newest <= until) this.#losses.noteTold(events);
  }

  /**
   * @param {Start} start
   * @returns {Bounds}
   */
  #boundsOf({ wallMinusMonotonicNs }) {
    const zero = BigInt(wallMinusMonotonicNs) + BigInt(this.#parser.baseSeconds) * SECOND;
    const { since, until } = this.#job;
    return {
      since: since === null ? Number.NEGATIVE_INFINITY : Number(since - zero),
      until: until === null ? Number.POSITIVE_INFINITY : Number(until - zero),
    };
  }

  /** @param {(RawEvent | Begin)[]} events */
  async #write(events) {
    for (const event of events) {
      if ('start' in event) {
        this.#rendering = this.#boundsOf(event.start);
        this.#renderer.begin(event.start, BigInt(this.#parser.baseSeconds) * SECOND);
        continue;
      }
      const { time } = event;
      const row = this.#renderer.render(event, time >= this.#rendering.since && time <= this.#rendering.until);
      if (row !== null && this.#file.add(row)) await this.#file.flush();
    }
  }
}

/**
 * A part that cannot be read is no failure; a file that cannot be written is.
 * @type {(error: unknown, path: string) => boolean}
 */
const isOfReading = (error, path) => {
  const { syscall, path: where } = /** @type {NodeJS.ErrnoException} */ (error);
  return syscall === 'read' || (syscall === 'open' && where === path);
};

/**
 * Render a recording.
 * @param {Job} job
 * @returns {Promise<Outcome>}
 */
export async function renderParts(job) {
  const outcome = await new PartsRenderer(job).run();
  const { rows, lost, malformed, late } = outcome;
  const lines = [
    `Driver Events:${rows + lost}`,
    `Driver Drops:${lost}`,
    `Malformed Lines:${malformed}`,
    `Late Lines:${late}`,
    rows === 0 ? 'Rows:0 (no trace was written)' : `Rows:${rows}`,
  ];
  const temporary = `${job.stats}.${process.pid}.tmp`;
  writeFileSync(temporary, `${lines.join('\n')}\n`);
  renameSync(temporary, job.stats);
  return outcome;
}
