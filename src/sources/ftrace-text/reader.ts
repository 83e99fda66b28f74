import type { ClockKind, Loss } from '../../model/advertisement.js';
import type { CounterTable } from '../../model/counters.js';
import type { TraceContext } from '../trace/open-trace.js';
import type { LineReader, RowSink } from '../trace/text-trace.js';
import { architectureOf, callName, type Architecture } from './call-numbers.js';
import type { EventHead, LineMeaning, NoEvent, Told } from './event.js';
import { EventRows } from './event-rows.js';
import { MachineVote } from './machine.js';
import * as problems from './problems.js';

/** Clocks that count from 1970 are beyond this (s); machines run for less. */
const EPOCH_SECONDS = 1_000_000_000;
/** Events held back while it is not clear whose numbers calls have. */
const MOST_WAITING = 20_000;

type Moment = Pick<EventHead, 'seconds' | 'nanos' | 'cpu'>;

/** An event, or the loss of some (`told` null), that waits. */
interface Waiting {
  readonly head: EventHead | null;
  readonly told: Told | null;
  readonly moment: Moment;
  readonly line: number;
}

/** Reads lines of events, whatever the heads of its lines look like. */
export class EventReader implements LineReader {
  readonly #readLine: (line: string) => LineMeaning;
  readonly #counters: CounterTable;
  readonly #rows: EventRows;
  readonly #vote = new MachineVote();
  #machine: Architecture | 'unknown' | null = null;
  #waiting: Waiting[] | null = null;
  #clock: ClockKind = 'relative';
  #events = 0;
  #lost = 0;
  /** The last event of each CPU. */
  readonly #last = new Map<number, Moment>();
  /** CPUs whose next event comes behind a loss; -1: whichever is next. */
  readonly #lossBefore = new Set<number>();

  constructor(rows: RowSink, { counters }: TraceContext, readLine: (line: string) => LineMeaning) {
    this.#readLine = readLine;
    this.#counters = counters;
    this.#rows = new EventRows(rows, counters);
  }

  get clock(): ClockKind {
    return this.#clock;
  }

  get loss(): Loss | null {
    return this.#lost === 0 ? null : { known: true, dropped: this.#lost, offered: this.#events + this.#lost };
  }

  readLine(text: string, number: number, isWhole: boolean): void {
    if (!isWhole) {
      this.#counters.add(problems.CUT_LINE);
      return;
    }
    const meaning = this.#readLine(text);
    if (meaning.kind === 'event') this.#event(meaning.head, meaning.told, number);
    else this.#noEvent(meaning, number);
  }

  end(): void {
    if (this.#waiting) this.#settle(this.#vote.settle(this.#counters));
    this.#rows.end();
  }

  #event(head: EventHead, told: Told, line: number): void {
    if (this.#events === 0 && head.seconds >= EPOCH_SECONDS) this.#clock = 'epoch';
    this.#events++;
    if (this.#lossBefore.size > 0 && (this.#lossBefore.delete(head.cpu) || this.#lossBefore.delete(-1)))
      this.#pass({ head: null, told: null, moment: head, line });
    this.#last.set(head.cpu, head);
    this.#pass({ head, told, moment: head, line });
  }

  #noEvent(meaning: NoEvent, line: number): void {
    switch (meaning.kind) {
      case 'dull':
        break;
      case 'other':
        this.#counters.add(problems.OTHER_EVENT);
        break;
      case 'broken':
        this.#counters.add(problems.BROKEN_EVENT);
        break;
      case 'foreign':
        this.#counters.add(problems.FOREIGN_LINE);
        break;
      case 'machine':
        this.#setMachine(meaning.machine);
        break;
      case 'lost-in-all':
        // Where each loss is told, their sum is no other one.
        if (this.#lost > 0) break;
        this.#counters.add(problems.LOSSES_OF_UNKNOWN_SIZE);
        break;
      case 'lost':
        this.#noteLoss(meaning.events, meaning.cpu, meaning.head, line);
    }
  }

  /** Between the last event of the CPU and its next one: nobody is accused there. */
  #noteLoss(events: number | null, cpu: number, at: EventHead | null, line: number): void {
    if (events === null) this.#counters.add(problems.LOSSES_OF_UNKNOWN_SIZE);
    else this.#counters.add(problems.LOST_EVENTS, events);
    this.#lost += events ?? 0;
    const before = this.#last.get(cpu);
    for (const moment of [before, at])
      // In a ring buffer of its own: it may lie before what was read since of this CPU.
      if (moment) this.#pass({ head: null, told: null, moment: { ...moment, cpu: -1 }, line });
    this.#lossBefore.add(cpu);
  }

  #setMachine(machine: string): void {
    this.#machine = architectureOf(machine) ?? 'unknown';
    if (this.#machine === 'unknown') this.#counters.add(problems.UNKNOWN_MACHINE);
    if (this.#waiting) this.#settle(this.#machine);
  }

  #pass(one: Waiting): void {
    if (this.#machine === null && (this.#waiting || isNumbered(one.told))) this.#wait(one);
    else this.#add(one);
  }

  #wait(one: Waiting): void {
    this.#waiting ??= [];
    this.#waiting.push(one);
    const { head, told } = one;
    if (head && told?.kind === 'enter' && typeof told.call === 'number') this.#vote.enter(head.tid, told.call);
    else if (head && told?.kind === 'leave') this.#vote.leave(head.tid);
    else if (told?.kind === 'switch' && told.state.startsWith('S')) this.#vote.sleep(told.tid);
    if (this.#vote.outcome !== null || this.#waiting.length >= MOST_WAITING)
      this.#settle(this.#vote.settle(this.#counters));
  }

  #settle(machine: Architecture | 'unknown'): void {
    this.#machine = machine;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const one of waiting) this.#add(one);
  }

  #add({ head, told, moment, line }: Waiting): void {
    if (head && told) this.#rows.add(head, told, line, this.#nameCall);
    else this.#rows.drop(moment, line);
  }

  readonly #nameCall = (number: number): string =>
    (this.#machine === 'x86_64' || this.#machine === 'aarch64' ? callName(this.#machine, number) : null) ??
    `syscall_${String(number)}`;
}

const isNumbered = (told: Told | null): boolean =>
  (told?.kind === 'enter' || told?.kind === 'leave') && typeof told.call === 'number';
