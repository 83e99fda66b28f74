import { Observable, type OperatorFunction } from 'rxjs';
import type { CounterTable } from '../model/counters.js';
import type { EventBatch } from '../model/event-batch.js';
import { RingMerge } from './ring-merge.js';

/**
 * An operator from a plain fold: `push` for every item, `end` when the source completes. Synchronous all the way, so the
 * back-pressure of `from(asyncIterable)` holds (asynchronous operators would queue without bound).
 */
const fold =
  <A, B>(make: () => { push(item: A): Iterable<B>; end(): Iterable<B> }): OperatorFunction<A, B> =>
  (source) =>
    new Observable<B>((subscriber) => {
      const state = make();
      const deliver = (items: Iterable<B>): void => {
        for (const item of items) subscriber.next(item);
      };
      return source.subscribe({
        next: (item) => {
          try {
            deliver(state.push(item));
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          try {
            deliver(state.end());
            subscriber.complete();
          } catch (error) {
            subscriber.error(error);
          }
        },
      });
    });

/** Batches in file order to batches in time order; see {@link RingMerge}. */
export const inTimeOrder = (counters: CounterTable): OperatorFunction<EventBatch, EventBatch> =>
  fold(() => {
    const merge = new RingMerge(counters);
    return { push: (batch) => merge.push(batch), end: () => merge.flush() };
  });

/** What closes event-time windows: a fold over batches that hands out each window once its advertisement has left. */
export interface WindowFold<W> {
  push(batch: EventBatch): Iterable<W>;
}

/**
 * Batches in time order to windows around advertisements, in event time: a window closes when the trace itself reaches
 * its advertisement, never by the host's clock (`bufferTime`, `windowTime`). The fold keeps what a window needs.
 */
export const windowsAroundAdvertisements = <W>(windows: WindowFold<W>): OperatorFunction<EventBatch, W> =>
  fold<EventBatch, W>(() => ({ push: (batch) => windows.push(batch), end: () => [] }));
