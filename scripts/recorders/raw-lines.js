// @ts-check
/** The lines that trace.bt prints, as they stand in a raw file, into events. */
import { createReadStream } from 'node:fs';

/**
 * @typedef {object} RawEvent
 * @property {'>' | '<' | '=' | '+'} dir enter, return; `=` and `+` only serve to render others
 * @property {number} cpu
 * @property {number} time CLOCK_MONOTONIC, ns since the parser's base
 * @property {number} pid
 * @property {number} tid
 * @property {string} comm
 * @property {string} type of sysdig's names or nearly
 * @property {string} info near to sysdig's
 * @property {string} rest further fields, `key=value` each, with a tab in front
 *
 * @typedef {object} Beat
 * @property {number} cpu
 * @property {number} time like an event's
 * @property {number} number how many beats this CPU had, -1 where the line does not say
 *
 * @typedef {{ kind: 'event', event: RawEvent, beat: Beat | null } | { kind: 'lost', events: number }
 *   | { kind: 'beats', cpu: number, number: number } | { kind: 'nothing' } | { kind: 'malformed' }} RawLine
 *   `beats`: how many a CPU had in all, told by the tracer at its end
 */

const MALFORMED = /** @type {const} */ ({ kind: 'malformed' });
const NOTHING = /** @type {const} */ ({ kind: 'nothing' });
/** Where an event's fields are. */
const TYPE = 6;
const INFO = 7;
const TYPE_WORD =
  /^(?:tracepoint:(?:syscalls:sys_(?:enter|exit)_|sched:)(\w+)|(switch|sched_wak(?:ing|eup)|signaldeliver|procexit|fork|write|irq|softirq))$/;
const BEAT = /^#\t(\d{1,5})\t(\d{1,18})(?:\t(\d+)\t(\d+)\t(\d+))?$/;
/** What may be many in a recording of hours is not kept apart for ever. */
const MAX_NAMES = 50_000;
const NOTHING_TOLD = /^(?:Attaching \d+ probes?\.\.\.|@\w+(?:\[.*\])?:.*)?$/;

/**
 * @param {RawEvent} event
 * @param {string} key of a field behind the info
 * @returns {string} '' where it is missing
 */
export function readField({ rest }, key) {
  const at = rest.indexOf(`\t${key}=`);
  if (at < 0) return '';
  const from = at + key.length + 2;
  const end = rest.indexOf('\t', from);
  return end < 0 ? rest.slice(from) : rest.slice(from, end);
}

/** Makes events of lines; knows since when it counts time, as ns since the boot pass 2^53 after 104 days. */
export class LineParser {
  /** Seconds on CLOCK_MONOTONIC that events' times count from; set by the first line. */
  baseSeconds = 0;
  #hasBase = false;
  /** @type {Map<string, string>} */
  #names = new Map();
  /** @type {Map<string, string>} */
  #types = new Map();
  /** @type {Map<number, { irq: number, softirq: number }>} what the newest beat of each CPU told (ns) */
  #interrupts = new Map();

  /**
   * @param {string} line without its line feed
   * @returns {RawLine}
   */
  parse(line) {
    if (line.startsWith('#\t')) return this.#parseBeat(line);
    if (line.charCodeAt(1) !== 9) return this.#parseOther(line);
    const dir = line[0];
    if (dir !== '>' && dir !== '<' && dir !== '=' && dir !== '+') return MALFORMED;
    const fields = line.split('\t');
    const [, cpuText = '', timeText = '', pidText = '', tidText = ''] = fields;
    const time = this.#readTime(timeText);
    const cpu = Number(cpuText);
    const pid = Number(pidText);
    const tid = Number(tidText);
    let at = TYPE;
    // A thread's name may have tabs in it.
    while (at < fields.length && !this.#readType(fields[at] ?? '')) at += 1;
    const info = fields[at + INFO - TYPE];
    if (info === undefined || time === null || !Number.isInteger(cpu + pid + tid) || cpuText === '') return MALFORMED;
    if (line.includes('\0')) return MALFORMED;
    let rest = '';
    for (let i = at + INFO - TYPE + 1; i < fields.length; i += 1) rest += `\t${fields[i]}`;
    const event = {
      dir,
      cpu,
      time,
      pid,
      tid,
      comm: this.#readName(at === TYPE ? (fields[TYPE - 1] ?? '') : fields.slice(TYPE - 1, at).join('\t')),
      type: this.#readType(fields[at] ?? ''),
      info,
      rest,
    };
    return { kind: 'event', event: /** @type {RawEvent} */ (event), beat: null };
  }

  /**
   * A CPU's heartbeat is a row of no thread: who runs there is not known.
   * @param {string} line
   * @returns {RawLine}
   */
  #parseBeat(line) {
    const [, cpuText, timeText = '', number, irq, softirq] = BEAT.exec(line) ?? [];
    const time = this.#readTime(timeText);
    if (cpuText === undefined || time === null) return MALFORMED;
    const cpu = Number(cpuText);
    let info = '';
    if (irq !== undefined) {
      const now = { irq: Number(irq), softirq: Number(softirq) };
      const before = this.#interrupts.get(cpu);
      this.#interrupts.set(cpu, now);
      // Without the beat before, or with another run of the tracer, it is not known since when these sums count.
      if (before && now.irq >= before.irq && now.softirq >= before.softirq) {
        info = `irq_ns=${now.irq - before.irq} softirq_ns=${now.softirq - before.softirq} `;
      }
    }
    /** @type {RawEvent} */
    const event = { dir: '>', cpu, time, pid: -1, tid: -1, comm: 'bpftrace', type: 'heartbeat', info, rest: '' };
    return { kind: 'event', event, beat: { cpu, time, number: number === undefined ? -1 : Number(number) } };
  }

  /**
   * @param {string} line that is no event
   * @returns {RawLine}
   */
  #parseOther(line) {
    const lost = readLost(line);
    if (lost > 0) return { kind: 'lost', events: lost };
    const beats = /^@beats\[(\d{1,5})\]: (\d+)$/.exec(line);
    if (beats) return { kind: 'beats', cpu: Number(beats[1]), number: Number(beats[2]) };
    return NOTHING_TOLD.test(line) ? NOTHING : MALFORMED;
  }

  /**
   * @param {string} text
   * @returns {number | null} ns since the base
   */
  #readTime(text) {
    const { length } = text;
    if (length === 0 || length > 18) return null;
    const seconds = length > 9 ? Number(text.slice(0, length - 9)) : 0;
    const nanos = Number(length > 9 ? text.slice(length - 9) : text);
    if (!Number.isInteger(seconds + nanos)) return null;
    if (!this.#hasBase) {
      this.#hasBase = true;
      this.baseSeconds = seconds;
    }
    return (seconds - this.baseSeconds) * 1e9 + nanos;
  }

  /**
   * @param {string} text
   * @returns {string} '' where it is no type
   */
  #readType(text) {
    let type = this.#types.get(text);
    if (type === undefined) {
      const [, traced, plain = ''] = TYPE_WORD.exec(text) ?? [];
      type = traced ?? plain;
      if (this.#types.size < MAX_NAMES) this.#types.set(text, type);
    }
    return type;
  }

  /** @param {string} text a name as %s prints it, or as %r did: padded with \x00 */
  #readName(text) {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = text.replace(/(\\x00)+.*$/s, '');
      if (this.#names.size >= MAX_NAMES) this.#names.clear();
      this.#names.set(text, name);
    }
    return name;
  }
}

/**
 * @param {string} line of the tracer's messages
 * @returns {number} how many events it says were lost; 0 where it says nothing of that
 */
export function readLost(line) {
  const match = /^Lost (\d{1,15}) events/.exec(line);
  return match ? Number(match[1]) : 0;
}

/**
 * @param {string} path
 * @returns {AsyncGenerator<{ lines: string[], cut: boolean }>} whole lines; `cut`: behind these is one that does not end
 */
export async function* readLines(path) {
  let begun = '';
  /** @type {AsyncIterable<string>} */
  const chunks = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 });
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    lines[0] = begun + (lines[0] ?? '');
    begun = lines.pop() ?? '';
    // Something without line ends is no recording; it must not be kept whole.
    if (begun.length > 1 << 20) begun = `malformed${begun.slice(-9)}`;
    if (lines.length > 0) yield { lines, cut: false };
  }
  if (begun !== '') yield { lines: [], cut: true };
}
