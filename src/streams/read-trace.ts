import { from, lastValueFrom, reduce, tap, type Observable } from 'rxjs';
import type { CounterTable } from '../model/counters.js';
import type { EventBatch } from '../model/event-batch.js';
import { inTimeOrder, windowsAroundAdvertisements, type WindowFold } from './operators.js';

/** The windows of a trace as they close. Pull-driven: the source is read no faster than windows are taken. */
export const windowsOf = <W>(
  batches: AsyncIterable<EventBatch>,
  windows: WindowFold<W>,
  counters: CounterTable,
  onBatch: (batch: EventBatch) => void = () => undefined,
): Observable<W> => from(batches).pipe(tap(onBatch), inTimeOrder(counters), windowsAroundAdvertisements(windows));

/** All windows of a trace that ends. */
export const collectWindows = <W>(
  batches: AsyncIterable<EventBatch>,
  windows: WindowFold<W>,
  counters: CounterTable,
  onBatch?: (batch: EventBatch) => void,
): Promise<W[]> =>
  lastValueFrom(
    windowsOf(batches, windows, counters, onBatch).pipe(
      reduce<W, W[]>((all, window) => {
        all.push(window);
        return all;
      }, []),
    ),
  );
