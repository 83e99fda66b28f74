import type { CounterTable } from '../../model/counters.js';
import type { KeepalivedLog, LogEvent } from '../../model/keepalived-log.js';
import { relativeTo } from '../../time/ns.js';
import { splitLines } from '../text-lines.js';
import { Daemons } from './daemons.js';
import { readLine } from './forms.js';
import type { LogLine } from './line.js';
import { readMessage, readOthersMessage } from './messages.js';
import {
  FORGOTTEN,
  MANY_PROCESSES,
  NO_KEEPALIVED,
  NO_TIME,
  OTHER_CLOCK,
  OTHER_PROGRAM,
  TOO_FAR,
  TOO_LONG,
} from './problems.js';
import { giveYear } from './stamp.js';

/** Times of a log that lie farther (ns) from its base are not exact. */
const FARTHEST = 2 ** 53;
const DAY = 86_400_000_000_000n;

/**
 * Read keepalived's log: what it said of its states, timers and restarts. Lines of other programs are counted; what is not known is passed
 * over, and nothing of it is kept.
 *
 * @param nearNs ns since 1970: lines without a year are taken to be of the year that brings them nearest to this
 * @param counters for what cannot be used
 */
export const readKeepalivedLog = async (
  bytes: AsyncIterable<Uint8Array>,
  nearNs: bigint,
  counters: CounterTable,
): Promise<KeepalivedLog> => {
  const fold = new LogFold(nearNs, counters);
  for await (const { first, texts } of splitLines(bytes)) {
    texts.forEach((text, i) => {
      fold.addLine(text, first + i);
    });
  }
  return fold.end();
};

class LogFold {
  readonly #near: bigint;
  readonly #counters: CounterTable;
  readonly #daemons = new Daemons();
  #clock: KeepalivedLog['clock'] | null = null;
  #base: bigint | null = null;
  #records = 0;
  #ofKeepalived = 0;
  #resolution = 1;
  #first: number | null = null;
  #last: number | null = null;
  #day: bigint | null = null;
  #shift = 0n;

  constructor(near: bigint, counters: CounterTable) {
    this.#near = near;
    this.#counters = counters;
  }

  addLine(text: string | null, number: number): void {
    this.#records++;
    if (text === null) {
      this.#counters.add(TOO_LONG);
      return;
    }
    if (text.trim() === '') return;
    const line = readLine(text.startsWith('\ufeff') ? text.slice(1) : text);
    if (line === null) {
      this.#counters.add(NO_TIME);
      return;
    }
    this.#clock ??= line.stamp.clock;
    if (line.stamp.clock !== this.#clock) {
      this.#counters.add(OTHER_CLOCK);
      return;
    }
    const ns = this.#yearOf(line);
    this.#base ??= ns;
    const time = relativeTo(this.#base, ns);
    if (Math.abs(time) > FARTHEST) {
      this.#counters.add(TOO_FAR);
      return;
    }
    this.#first = Math.min(this.#first ?? time, time);
    this.#last = Math.max(this.#last ?? time, time);
    this.#addMessage(line, time, number);
  }

  end(): KeepalivedLog {
    const { forgotten, refused } = this.#daemons.losses;
    if (forgotten > 0) this.#counters.add(FORGOTTEN, forgotten);
    if (refused > 0) this.#counters.add(MANY_PROCESSES, refused);
    if (this.#ofKeepalived === 0) this.#counters.add(NO_KEEPALIVED);
    return {
      clock: this.#clock ?? 'utc',
      resolution: this.#resolution,
      baseNs: this.#base ?? 0n,
      records: this.#records,
      first: this.#first,
      last: this.#last,
      daemons: this.#ofKeepalived === 0 ? [] : this.#daemons.finish(),
    };
  }

  #addMessage({ stamp, host, ident, pid, message }: LogLine, time: number, line: number): void {
    if (ident !== null && !/^keepalived/i.test(ident)) {
      this.#counters.add(OTHER_PROGRAM);
      const saying = readOthersMessage(ident, message);
      if (saying) this.#daemons.addShared(host, { ...saying, time, line, times: 1, process: 'other' });
      return;
    }
    this.#ofKeepalived++;
    this.#resolution = Math.max(this.#resolution, stamp.resolution);
    const told = readMessage(message);
    const saying = told.saying;
    if (!saying && told.child === null && told.own === null && told.ended === null && !told.checkers) return;
    const process = ident === null ? null : /vrrp/i.test(ident) ? 'vrrp' : 'other';
    const group = this.#daemons.groupOf(host, pid, process);
    if (group === null) return;
    if (told.child !== null) this.#daemons.link(group, told.child);
    if (told.checkers) group.hasCheckers = true;
    if (told.own !== null) this.#daemons.addOwn(group, told.own);
    const event = { time, line, times: told.times, process } satisfies Partial<LogEvent>;
    if (saying) this.#daemons.add(group, { ...saying, ...event });
    if (told.ended !== null && pid !== null && this.#daemons.isOf(group, told.ended.pid))
      this.#daemons.add(group, { ...told.ended.saying, ...event });
  }

  #yearOf({ stamp }: LogLine): bigint {
    if (stamp.hasYear) return stamp.ns;
    const day = stamp.ns / DAY;
    if (day !== this.#day) {
      this.#day = day;
      this.#shift = giveYear(day * DAY, this.#near) - day * DAY;
    }
    return stamp.ns + this.#shift;
  }
}
