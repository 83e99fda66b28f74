import type { CounterTable } from '../model/counters.js';
import type { EventBatch } from '../model/event-batch.js';
import { Observable, type OperatorFunction } from './observable.js';
import type { OrderedEvents } from './ordered-events.js';
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

/** Batches in file order to events in time order; see {@link RingMerge}. */
export const inTimeOrder = (counters: CounterTable): OperatorFunction<EventBatch, OrderedEvents> =>
  fold(() => {
    const merge = new RingMerge(counters);
    return { push: (batch) => merge.push(batch), end: () => merge.flush() };
  });

/** What closes event-time windows: a fold over events that hands out each window once its advertisement has left. */
export interface WindowFold<W> {
  /** The rows [from, to) of a batch, which come next in time. */
  push(batch: EventBatch, from: number, to: number): Iterable<W>;
}

/**
 * Events in time order to windows around advertisements, in event time: a window closes when the trace itself reaches
 * its advertisement, never by the host's clock (`bufferTime`, `windowTime`). The fold keeps what a window needs.
 */
export const windowsAroundAdvertisements = <W>(windows: WindowFold<W>): OperatorFunction<OrderedEvents, W> =>
  fold<OrderedEvents, W>(() => ({
    *push(events) {
      for (let i = 0; i < events.length; i++) {
        yield* windows.push(events.batchOf(i), events.froms[i] ?? 0, events.tos[i] ?? 0);
      }
    },
    end: () => [],
  }));
