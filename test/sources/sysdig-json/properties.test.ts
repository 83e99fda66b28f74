import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { InputError } from '../../../src/model/input-error.js';
import { chunked, countsOf, PARSERS, readTrace as readTraceBy, rowOf } from '../reading-traces.js';

describe.each(PARSERS)('read by %s', (parser) => {
  const readTrace = (bytes: AsyncIterable<Uint8Array>, counters = new CounterTable()) =>
    readTraceBy(bytes, counters, parser);

  /** Counters of which each line is in one at most; the others may stand beside an event. */
  const LINE_COUNTERS = [
    'bad_row',
    'null_row',
    'not_object',
    'not_event',
    'no_time',
    'far_time',
    'long_line',
    'cut_line',
    'trailing_garbage',
    'blank_line',
    'array_line',
  ].map((name) => `sysdig_json_${name}`);

  const linesOf = (bytes: Buffer): number => {
    const feeds = bytes.filter((byte) => byte === 0x0a).length;
    return bytes.length > 0 && bytes.at(-1) !== 0x0a ? feeds + 1 : feeds;
  };

  const EMPTY = /holds no usable sysdig event/;

  /** Reads what can be read; events and counted lines must be all lines. */
  const expectAllAccounted = async (bytes: Buffer, chunk: number): Promise<void> => {
    const counters = new CounterTable();
    let events = 0;
    try {
      events = (await readTrace(chunked(bytes, chunk), counters)).events.length;
    } catch (error) {
      if (!(error instanceof InputError) || !EMPTY.test(error.message)) throw error;
    }
    const counts = countsOf(counters);
    const counted = LINE_COUNTERS.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
    expect(events + counted).toBe(linesOf(bytes));
  };

  const line = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 1e6 }).map((n) => rowOf(n)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        ' ',
        '\r',
        'null',
        '[',
        ']',
        '],',
        ',',
        '[{}',
        '{}]',
        '{},',
        '[]',
        '{',
        '}',
        '\ufeff',
        '[1',
        '[null]',
      ),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 1e6 }).map((n) => `[${rowOf(n)},`) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 1e6 }).map((n) => `${rowOf(n)}]\r`) },
  );

  describe('properties', () => {
    it('accounts for each line of any text', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { maxLength: 30 }),
          fc.boolean(),
          fc.integer({ min: 1, max: 300 }),
          async (lines, closed, chunk) => {
            await expectAllAccounted(Buffer.from(lines.join('\n') + (closed ? '\n' : '')), chunk);
          },
        ),
        { numRuns: 300 },
      );
    });

    it('accounts for each line of a trace with damaged bytes', async () => {
      const whole = Buffer.from(Array.from({ length: 20 }, (_, i) => rowOf(i + 1)).join('\n'));
      const damage = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.integer({ min: 0, max: 255 }) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(damage, { minLength: 1, maxLength: 12 }),
          fc.nat({ max: whole.length }),
          async (damages, end) => {
            const bytes = Buffer.from(whole);
            for (const { at, byte } of damages) bytes[at] = byte;
            await expectAllAccounted(bytes.subarray(0, end), 64);
          },
        ),
        { numRuns: 300 },
      );
    });

    it('keeps every 19-digit time to the nanosecond', async () => {
      // Within reach of each other, as the times of one trace are: ±104 days of the middle one.
      const middle = fc.bigInt({ min: 1_100_000_000_000_000_000n, max: 9_800_000_000_000_000_000n });
      const reach = 4_400_000_000_000_000n;
      const offsets = fc.array(fc.bigInt({ min: -reach, max: reach }), { minLength: 1, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(
          middle,
          offsets,
          fc.constantFrom('evt.outputtime', 'evt.rawtime', 'evt.datetime'),
          async (at, by, key) => {
            const times = by.map((offset) => at + offset);
            const rows = times.map((time, i) => rowOf(i, { 'evt.outputtime': null, [key]: String(time) }));
            const { events, baseNs } = await readTrace(chunked(rows.join('\n')));
            expect(events.map(({ time }) => time)).toEqual(times);
            expect(baseNs % 1_000_000_000n).toBe(0n);
          },
        ),
      );
    });

    it('hands on any text of evt.info and any name unchanged', async () => {
      const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 15 });
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary' }), name, async (info, comm) => {
          const row = rowOf(1, { 'evt.info': JSON.stringify(info), 'proc.name': JSON.stringify(comm) });
          const [event] = (await readTrace(chunked(`${row}\n`, 5))).events;
          expect(event).toMatchObject({ info, comm });
        }),
      );
    });

    it('reads the name of any next thread', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 4_194_304 }), fc.string({ minLength: 1, maxLength: 15 }), async (tid, comm) => {
          const info = `next=${tid}(${comm}) pgft_maj=0 pgft_min=1 vm_size=0 vm_rss=0 vm_swap=0 `;
          const row = rowOf(1, { 'evt.type': '"switch"', 'evt.info': JSON.stringify(info) });
          const [event] = (await readTrace(chunked(row))).events;
          expect(event).toMatchObject({ nextTid: tid, nextComm: comm });
        }),
      );
    });
  });
});
