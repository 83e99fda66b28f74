import { EXIT, type EventBatch } from '../model/event-batch.js';
import type { CallClass } from './calls.js';
import { controlFile, FactTable, mayNameControlFile, readControlWrite } from './facts.js';
import { readResult, readSignal, readSignalSender, readTarget } from './info.js';
import { ProcessTable } from './processes.js';
import { actorOf, infoOf, witnessOf } from './row-words.js';

/** Classes of rows that {@link FactRows.note} wants to see. */
export const FACT_CLASSES = ['kill', 'ptrace', 'signal', 'exit', 'write', 'clone', 'clock-set', 'drop'] as const;

/** Behind so many drops those that lie this close to each other (ns) count as one. */
const MAX_DROPS = 100_000;
const JOINED = 1_000_000_000;
/** Threads of which a write to a control file is known that has not ended. */
const MAX_WRITES = 4096;

/** Collects what rows tell beside their threads' doings: rare facts, names and parents, drops. */
export class FactRows {
  readonly facts = new FactTable();
  readonly processes = new ProcessTable();
  /** When the recorder says that it dropped events, ns. */
  readonly drops: number[] = [];
  /** Drops that were not kept. */
  joinedDrops = 0;
  readonly #controlWrites = new Map<number, { group: string; file: string }>();

  /**
   * A row that may tell one.
   *
   * @param isSender whether its thread is a sender
   */
  note(batch: EventBatch, i: number, callClass: CallClass, isSender: boolean): void {
    const exit = batch.dir[i] === EXIT;
    const time = batch.time[i] ?? 0;
    const tid = batch.tid[i] ?? -1;
    switch (callClass) {
      case 'kill':
      case 'ptrace':
        this.#noteAimed(batch, i, callClass, exit, time, tid);
        break;
      case 'signal': {
        const signal = isSender ? readSignal(infoOf(batch, i)) : null;
        if (signal !== null) {
          this.facts.add({
            kind: 'signal',
            time,
            actor: actorOf(batch, i),
            signal,
            by: readSignalSender(infoOf(batch, i)),
            witness: witnessOf(batch, i),
          });
        }
        break;
      }
      case 'exit': {
        this.processes.noteName(tid, batch.names.nameOf(batch.comm[i] ?? 0));
        this.processes.noteEnd(tid);
        if (isSender) {
          const signal = readSignal(infoOf(batch, i));
          this.facts.add({
            kind: 'exit',
            time,
            actor: actorOf(batch, i),
            signal: signal === 'SIG0' ? null : signal,
            witness: witnessOf(batch, i),
          });
        }
        break;
      }
      case 'write':
        this.#noteControlWrite(batch, i, exit, time, tid);
        break;
      case 'clone':
        if (exit) this.processes.noteClone(tid, batch.names.nameOf(batch.comm[i] ?? 0), infoOf(batch, i));
        break;
      case 'clock-set':
        if (exit) this.facts.add({ kind: 'clock-set', time, actor: actorOf(batch, i), witness: witnessOf(batch, i) });
        break;
      case 'drop':
        this.#noteDrop(time);
        break;
      default:
    }
  }

  #noteDrop(time: number): void {
    const last = this.drops.at(-1);
    if (this.drops.length >= MAX_DROPS && last !== undefined && Math.abs(time - last) < JOINED) {
      this.joinedDrops++;
      return;
    }
    this.drops.push(time);
  }

  #noteAimed(
    batch: EventBatch,
    i: number,
    callClass: 'kill' | 'ptrace',
    exit: boolean,
    time: number,
    tid: number,
  ): void {
    const info = infoOf(batch, i);
    if (exit && (readResult(info).value ?? 0) < 0) {
      this.facts.takeBack(callClass, tid);
      return;
    }
    const target = readTarget(info);
    if (target === null) return;
    const base = { time, actor: actorOf(batch, i), target, witness: witnessOf(batch, i) };
    if (callClass === 'kill') {
      const signal = readSignal(info);
      if (signal !== null && signal !== 'SIG0') {
        this.facts.add({ ...base, kind: 'kill', signal, call: batch.names.nameOf(batch.type[i] ?? 0) });
      }
    } else if (!exit || /(?:^|\s)request=/.test(info)) {
      this.facts.add({ ...base, kind: 'ptrace', request: /request=\d+\((\w+)\)/.exec(info)?.[1] ?? '' });
    }
    this.processes.noteName(tid, base.actor.comm);
  }

  #noteControlWrite(batch: EventBatch, i: number, exit: boolean, time: number, tid: number): void {
    const pending = this.#controlWrites.size === 0 ? undefined : this.#controlWrites.get(tid);
    const span = batch.span?.(i);
    if (span && !mayNameControlFile(span) && !(pending && exit)) {
      if (pending) this.#controlWrites.delete(tid);
      return;
    }
    if (!exit) {
      const control = controlFile(infoOf(batch, i));
      if (control) {
        if (this.#controlWrites.size >= MAX_WRITES) this.#controlWrites.clear();
        this.#controlWrites.set(tid, control);
      } else if (pending) this.#controlWrites.delete(tid);
      return;
    }
    const info = infoOf(batch, i);
    const control = controlFile(info) ?? pending;
    if (pending) this.#controlWrites.delete(tid);
    if (!control || (readResult(info).value ?? 0) < 0) return;
    const effect = readControlWrite(control.file, info);
    if (!effect) return;
    const at = witnessOf(batch, i);
    const text = `${at.text} to ${control.group}/${control.file} (${effect.kind}${effect.member === null ? '' : ` ${String(effect.member)}`})`;
    this.facts.add({ ...effect, time, actor: actorOf(batch, i), group: control.group, witness: { ...at, text } });
  }
}
