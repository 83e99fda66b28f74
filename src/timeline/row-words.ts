import { EXIT, lineOf, type EventBatch } from '../model/event-batch.js';
import { ns } from '../time/ns.js';
import { LONGEST_INFO } from './caps.js';
import type { Actor } from './facts.js';
import { readResult } from './info.js';
import type { Witness } from './segments.js';
import { describeRow } from './witness.js';

/** `evt.info` of a row, as far as it is looked at; a copy, so that it does not keep all of a longer text alive. */
export const infoOf = (batch: EventBatch, i: number): string => {
  const text = batch.info(i);
  return text.length > LONGEST_INFO ? Buffer.from(text.slice(0, LONGEST_INFO)).toString() : text;
};

/** Whether a `clone` row is a new thread's own return from it: who had its number before is gone, whether its end was seen or not. */
export const isBirth = (batch: EventBatch, i: number): boolean =>
  batch.dir[i] === EXIT && readResult(infoOf(batch, i)).value === 0;

/** Whose row it is. */
export const actorOf = (batch: EventBatch, i: number): Actor => ({
  tid: batch.tid[i] ?? -1,
  comm: batch.names.nameOf(batch.comm[i] ?? 0),
});

/**
 * The row as evidence.
 *
 * @param info what to show of it, where that is not its own text
 */
export const witnessOf = (batch: EventBatch, i: number, info = infoOf(batch, i)): Witness => {
  const { names } = batch;
  const text = describeRow(
    names.nameOf(batch.comm[i] ?? 0),
    batch.tid[i] ?? -1,
    batch.dir[i] === EXIT,
    names.nameOf(batch.type[i] ?? 0),
    info,
  );
  return { time: ns(batch.time[i] ?? 0), num: batch.num[i] ?? -1, line: lineOf(batch, i), text };
};
