import { EXIT, lineOf, type EventBatch } from '../model/event-batch.js';
import { ns } from '../time/ns.js';
import type { Actor } from './facts.js';
import type { Witness } from './segments.js';
import { describeRow } from './witness.js';

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
export const witnessOf = (batch: EventBatch, i: number, info = batch.info(i)): Witness => {
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
