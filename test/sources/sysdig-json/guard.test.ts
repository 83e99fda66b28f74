import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { InputError } from '../../../src/model/input-error.js';
import { openTrace } from '../../../src/sources/sysdig-json/index.js';
import { chunked, countsOf, PARSERS, readTrace as readTraceBy, rowOf, rowsOf } from '../reading-traces.js';

describe.each(PARSERS)('read by %s', (parser) => {
  const readTrace = (bytes: AsyncIterable<Uint8Array>, counters = new CounterTable()) =>
    readTraceBy(bytes, counters, parser);

  const read = async (text: string): Promise<{ lines: number[]; counts: Record<string, number> }> => {
    const counters = new CounterTable();
    const { events } = await readTrace(chunked(text), counters);
    for (const { help, severity } of counters.list()) {
      expect(help).toMatch(/^[A-Z].{20,}\S$/);
      expect(['info', 'notice', 'error', 'data-loss']).toContain(severity);
    }
    return { lines: events.map(({ line }) => line), counts: countsOf(counters) };
  };

  const [one, two, three] = rowsOf(3) as [string, string, string];

  describe('the guard around ndjson', () => {
    it('reads on behind null rows', async () => {
      expect(await read(`${one}\nnull\n${two}\n null \n${three}\n`)).toEqual({
        lines: [1, 3, 5],
        counts: { sysdig_json_null_row: 2 },
      });
    });

    it.each(['42', '"text"', 'true', '[1,2]', '[1,{"a":[2]}]', '[[]]', '[null]'])('counts the row %s', async (row) => {
      expect(await read(`${one}\n${row}\n${two}\n`)).toEqual({ lines: [1, 3], counts: { sysdig_json_not_object: 1 } });
    });

    it.each([
      ['{"evt.cpu":0,', 'a row that stops'],
      ['{"evt.type":"read"}}', 'a brace too many'],
      ['{"evt.type":"read"} extra', 'text behind a row'],
      [`${two},${three}`, 'two rows with a comma'],
      [`${two}${three}`, 'two rows without one'],
      [`${two}],[7,${three}`, 'what would leave an envelope'],
      ['sysdig: a message', 'a message'],
      ['{"evt.outputtime":0123456789012345678,"evt.type":"read"}', 'a number JSON does not know'],
      ['\u0000\u0000\u0000', 'zeros'],
    ])('counts the bad row %s (%#)', async (row) => {
      expect(await read(`${one}\n${row}\n${two}\n`)).toEqual({ lines: [1, 3], counts: { sysdig_json_bad_row: 1 } });
    });

    it('counts rows that are not events, and does not count them as bad', async () => {
      expect(await read(`${one}\n{}\n{"a":1}\n${rowOf(2, { 'evt.type': '5' })}\n`)).toEqual({
        lines: [1],
        counts: { sysdig_json_not_event: 3 },
      });
    });

    it('skips a byte-order mark', async () => {
      expect(await read(`\ufeff${one}\n${two}\n`)).toEqual({
        lines: [1, 2],
        counts: { sysdig_json_byte_order_mark: 1 },
      });
    });

    it('reads CR LF, and blank lines', async () => {
      expect(await read(`${one}\r\n\r\n \t\n\n${two}\r\n`)).toEqual({
        lines: [1, 5],
        counts: { sysdig_json_crlf_line: 3, sysdig_json_blank_line: 3 },
      });
    });

    it('reads the array form of old versions', async () => {
      for (const text of [
        `[\n${one},\n${two},\n${three}\n]\n`,
        `${one},\n${two},\n${three}\n]`,
        `[${one},\n${two},\n${three}]`,
      ]) {
        const { lines, counts } = await read(text);
        expect(lines).toHaveLength(3);
        expect(Object.keys(counts).filter((name) => name !== 'sysdig_json_array_line')).toEqual([]);
      }
      expect((await read(`[\r\n${one},\r\n${two}\r\n]\r\n`)).lines).toEqual([2, 3]);
      expect((await read(`[\n${one}\n,\n${two}\n],\n`)).counts).toEqual({ sysdig_json_array_line: 3 });
    });

    it('counts a last line that is cut, wherever it is cut, and reads one that is whole', async () => {
      for (const length of [1, 2, 10, 150, three.length - 1]) {
        expect(await read(`${one}\n${two}\n${three.slice(0, length)}`)).toEqual({
          lines: [1, 2],
          counts: { sysdig_json_cut_line: 1 },
        });
      }
      expect(await read(`${one}\n${two}\n${three}`)).toEqual({ lines: [1, 2, 3], counts: {} });
    });

    it('tells garbage behind the last row from garbage between rows', async () => {
      expect(await read(`${one}\nnoise\nnoise\n${two}\nDriver Events:5\nDriver Drops:0\n\u0000\u0000`)).toEqual({
        lines: [1, 4],
        counts: { sysdig_json_bad_row: 2, sysdig_json_trailing_garbage: 3 },
      });
    });

    it('counts and forgets over-long lines, at the beginning, between rows and at the end', async () => {
      const long = rowOf(9, { 'evt.info': `"${'x'.repeat(4 * 1024 * 1024)}"` });
      expect(await read(`${long}\n${one}\n${long}\n${two}\n${long}`)).toEqual({
        lines: [2, 4],
        counts: { sysdig_json_long_line: 3 },
      });
    });

    it('reads a long line that is within the limit', async () => {
      expect(await read(`${one}\n${rowOf(2, { 'evt.info': `"${'x'.repeat(4_000_000)}"` })}\n`)).toEqual({
        lines: [1, 2],
        counts: {},
      });
    });

    it('takes a line of only spaces with something at its end in good time', async () => {
      const started = performance.now();
      await read(`${one}\n${' '.repeat(4_000_000)}x\n${two}\n{${' '.repeat(4_000_000)}\n${three}\n`);
      expect(performance.now() - started).toBeLessThan(5000);
    });

    it('reads broken UTF-8 as U+FFFD and goes on', async () => {
      const bytes = Buffer.concat([
        Buffer.from(`${one.slice(0, -1)},"x":"`),
        Buffer.from([0xff, 0xe2, 0x82]),
        Buffer.from(`"}\n${two}\n`),
      ]);
      const { events } = await readTrace(chunked(bytes));
      expect(events).toHaveLength(2);
    });

    it.each(['', '\n\n', 'null\n', '{}\n', 'noise', '[\n]\n', '{"evt.cpu":0,"evt.'])(
      'has a clear error for %j',
      async (text) => {
        const opening = openTrace(chunked(text), { where: 'trace.jsonl', counters: new CounterTable(), parser });
        await expect(opening).rejects.toThrow(InputError);
        await expect(opening).rejects.toThrow(/^trace\.jsonl: holds no usable sysdig event; /);
      },
    );
  });

  describe('pulling', () => {
    const watched = (
      text: string,
    ): { bytes: AsyncIterable<Uint8Array>; chunks: () => number; closed: () => boolean } => {
      let chunks = 0;
      let closed = false;
      const bytes = (async function* () {
        try {
          for await (const chunk of chunked(text, 10_000)) {
            chunks++;
            yield chunk;
          }
        } finally {
          closed = true;
        }
      })();
      return { bytes, chunks: () => chunks, closed: () => closed };
    };
    const long = rowsOf(60_000).join('\n');

    it('reads no further than it is asked, and closes its input when it is left', async () => {
      const { bytes, chunks, closed } = watched(long);
      const { batches } = await openTrace(bytes, { where: 'test', counters: new CounterTable(), parser });
      const all = Math.ceil(long.length / 10_000);
      expect(chunks()).toBeLessThan(all / 10);
      for await (const batch of batches) {
        expect(batch.length).toBeGreaterThan(1000);
        break;
      }
      expect(chunks()).toBeLessThan(all / 10);
      expect(closed()).toBe(true);
    });

    it('closes its input when its batches are returned unread', async () => {
      const { bytes, closed } = watched(long);
      const { batches } = await openTrace(bytes, { where: 'test', counters: new CounterTable(), parser });
      await batches[Symbol.asyncIterator]().return?.();
      expect(closed()).toBe(true);
    });

    it('hands on what its input throws', async () => {
      const failing = (async function* () {
        yield Buffer.from(`${one}\n`);
        await Promise.resolve();
        throw new InputError('cannot be read (EIO)', 'x', 'check the disk');
      })();
      await expect(readTrace(failing)).rejects.toThrow('cannot be read (EIO)');
    });
  });
});
