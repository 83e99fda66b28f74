import { firstValueFrom, from, lastValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import type { EventBatch } from '../../src/model/event-batch.js';
import { inTimeOrder, windowsAroundAdvertisements, type WindowFold } from '../../src/streams/operators.js';
import { collectWindows, windowsOf } from '../../src/streams/read-trace.js';
import { batchOf } from '../timeline/batches.js';

const MS = 1_000_000;
const ROWS = 10;
const BATCHES = 200;

/** A source that says how far it has been read, and whether it was closed. */
class Source {
  read = 0;
  closed = false;
  readonly #count: number;
  readonly #failAt: number;

  constructor(count = BATCHES, failAt = Number.POSITIVE_INFINITY) {
    this.#count = count;
    this.#failAt = failAt;
  }

  /** Batches of 100 ms each, on two rings. */
  async *batches(): AsyncGenerator<EventBatch> {
    try {
      for (let k = 0; k < this.#count; k++) {
        // A turn of the event loop, as reading a file takes, so that timers run meanwhile.
        await new Promise(setImmediate);
        if (k === this.#failAt) throw new Error('the disk went away');
        this.read++;
        yield batchOf(
          Array.from({ length: ROWS }, (_, i) => ({ time: (k * ROWS + i) * 10 * MS, cpu: i % 2, type: 'read' })),
        );
      }
    } finally {
      this.closed = true;
    }
  }
}

/** A window for each row. */
const eachRow: WindowFold<number> = { push: (batch, from, to) => batch.time.slice(from, to) };

/** How many batches the source was read ahead of what a window needs. */
const ahead = (source: Source, time: number): number => source.read - 1 - Math.floor(time / (ROWS * 10 * MS));

describe('windowsOf', () => {
  it('closes all windows in time order', async () => {
    const source = new Source();
    const windows = await collectWindows(source.batches(), eachRow, new CounterTable());
    expect(windows).toEqual(Array.from({ length: BATCHES * ROWS }, (_, i) => i * 10 * MS));
    expect(source.closed).toBe(true);
  });

  it('is read no more than some batches ahead of the windows it gives', async () => {
    const source = new Source();
    let most = 0;
    await new Promise<void>((resolve, reject) => {
      windowsOf(source.batches(), eachRow, new CounterTable()).subscribe({
        next: (time) => (most = Math.max(most, ahead(source, time))),
        error: reject,
        complete: resolve,
      });
    });
    expect(source.read).toBe(BATCHES);
    expect(most).toBeLessThanOrEqual(40);
  });

  it('asks for no batch before the one before it has been folded', async () => {
    const source = new Source();
    const behind: number[] = [];
    let seen = 0;
    await collectWindows(source.batches(), eachRow, new CounterTable(), () => {
      seen++;
      behind.push(source.read - seen);
    });
    expect(Math.max(...behind)).toBe(0);
  });

  it('stops reading and closes the source when nobody wants more', async () => {
    const source = new Source();
    const some = await lastValueFrom(
      windowsOf(source.batches(), eachRow, new CounterTable()).pipe(take(25), toArray()),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(some).toHaveLength(25);
    expect(source.read).toBeLessThan(60);
    expect(source.closed).toBe(true);
  });

  it('stops reading when its subscriber leaves', async () => {
    const source = new Source(100_000);
    const subscription = windowsOf(source.batches(), eachRow, new CounterTable()).subscribe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    subscription.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { read } = source;
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(100_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(source.read).toBeLessThanOrEqual(read + 1);
    expect(source.closed).toBe(true);
  });

  it('is empty for an empty trace', async () => {
    const source = new Source(0);
    await expect(collectWindows(source.batches(), eachRow, new CounterTable())).resolves.toEqual([]);
    expect(source.closed).toBe(true);
  });

  it('is empty for a trace without windows, which still is read to its end', async () => {
    const source = new Source();
    let rows = 0;
    const none: WindowFold<never> = {
      push: (_, from, to) => {
        rows += to - from;
        return [];
      },
    };
    await expect(collectWindows(source.batches(), none, new CounterTable())).resolves.toEqual([]);
    expect(rows).toBe(BATCHES * ROWS);
  });
});

describe('errors', () => {
  it('of the source arrive as they are', async () => {
    const source = new Source(BATCHES, 30);
    await expect(collectWindows(source.batches(), eachRow, new CounterTable())).rejects.toThrow('the disk went away');
  });

  it('of the fold arrive, and end the reading', async () => {
    const source = new Source();
    const broken: WindowFold<number> = {
      push: () => {
        throw new Error('no such window');
      },
    };
    await expect(collectWindows(source.batches(), broken, new CounterTable())).rejects.toThrow('no such window');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(source.read).toBeLessThan(60);
    expect(source.closed).toBe(true);
  });

  it('of a window iterated lazily arrive too', async () => {
    const lazy: WindowFold<number> = {
      *push() {
        yield 1;
        throw new Error('half a window');
      },
    };
    await expect(collectWindows(new Source().batches(), lazy, new CounterTable())).rejects.toThrow('half a window');
  });

  it('of the progress hook arrive, and end the reading', async () => {
    const source = new Source();
    const onBatch = (): void => {
      if (source.read === 5) throw new Error('stop');
    };
    await expect(collectWindows(source.batches(), eachRow, new CounterTable(), onBatch)).rejects.toThrow('stop');
    expect(source.read).toBe(5);
    expect(source.closed).toBe(true);
  });

  it('come after the windows that had closed before', async () => {
    const seen: number[] = [];
    const source = new Source(BATCHES, 100);
    await new Promise<void>((resolve) => {
      windowsOf(source.batches(), eachRow, new CounterTable()).subscribe({
        next: (time) => seen.push(time),
        error: () => {
          resolve();
        },
      });
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual(seen.map((_, i) => i * 10 * MS));
  });
});

describe('operators', () => {
  it('start afresh for each subscriber', async () => {
    const batch = batchOf([{ time: 5, type: 'read' }]);
    const sorted = from([batch]).pipe(
      inTimeOrder(new CounterTable()),
      map((events) => [events.rows, events.batchOf(0).time[0]]),
    );
    expect(await firstValueFrom(sorted)).toEqual([1, 5]);
    expect(await firstValueFrom(sorted)).toEqual([1, 5]);
  });

  it('hand the rows still held at the end of the trace to the windows', async () => {
    const batch = batchOf([
      { time: 7, type: 'read', cpu: 0 },
      { time: 3, type: 'read', cpu: 1 },
    ]);
    const times = from([batch]).pipe(inTimeOrder(new CounterTable()), windowsAroundAdvertisements(eachRow), toArray());
    await expect(lastValueFrom(times)).resolves.toEqual([3, 7]);
  });
});
