import type { CounterTable } from '../model/counters.js';
import type { EventBatch } from '../model/event-batch.js';
import { Observable } from './observable.js';
import { inTimeOrder, windowsAroundAdvertisements, type WindowFold } from './operators.js';

/**
 * A source that is pulled: the next item is asked for when all that came of the one before has been taken.
 *
 * As `from(asyncIterable)` of RxJS, which brings half of RxJS along ({@link ./observable.js}).
 */
const pulledFrom = <T>(items: AsyncIterable<T>, onItem: (item: T) => void): Observable<T> =>
  new Observable((subscriber) => {
    const pull = async (): Promise<void> => {
      for await (const item of items) {
        onItem(item);
        subscriber.next(item);
        if (subscriber.closed) return;
      }
      subscriber.complete();
    };
    pull().catch((error: unknown) => {
      subscriber.error(error);
    });
  });

/** The windows of a trace as they close. Pull-driven: the source is read no faster than windows are taken. */
export const windowsOf = <W>(
  batches: AsyncIterable<EventBatch>,
  windows: WindowFold<W>,
  counters: CounterTable,
  onBatch: (batch: EventBatch) => void = () => undefined,
): Observable<W> => pulledFrom(batches, onBatch).pipe(inTimeOrder(counters), windowsAroundAdvertisements(windows));

/** All windows of a trace that ends. */
export const collectWindows = <W>(
  batches: AsyncIterable<EventBatch>,
  windows: WindowFold<W>,
  counters: CounterTable,
  onBatch?: (batch: EventBatch) => void,
): Promise<W[]> =>
  new Promise((resolve, reject) => {
    const all: W[] = [];
    windowsOf(batches, windows, counters, onBatch).subscribe({
      next: (window) => all.push(window),
      error: reject,
      complete: () => {
        resolve(all);
      },
    });
  });
