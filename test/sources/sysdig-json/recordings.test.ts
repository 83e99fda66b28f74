import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { openBytes } from '../../../src/sources/open.js';
import { chunked, countsOf, PARSERS, readTrace as readTraceBy, recording, type PlainEvent } from '../reading-traces.js';

// One of each recorder: modern BPF, kernel module in a VM, shared ring buffers.
const FOLDERS = ['clean', 'vm-paused', 'vm-paused-timesync'];

/** The same row read another way: its parts cut out of the text. */
const cutOut = (row: string): Omit<PlainEvent, 'line' | 'nextTid' | 'nextComm' | 'info'> => {
  const field = (key: string): string => {
    const found = new RegExp(`"${key.replace('.', '\\.')}":("(?:[^"\\\\]|\\\\.)*"|[^,}]*)[,}]`).exec(row)?.[1];
    if (found === undefined) throw new Error(`no ${key}`);
    return found;
  };
  const name = JSON.parse(field('proc.name')) as string | null;
  return {
    time: BigInt(field('evt.outputtime')),
    num: Number(field('evt.num')),
    cpu: Number(field('evt.cpu')),
    tid: Number(field('thread.tid')),
    type: JSON.parse(field('evt.type')) as string,
    dir: field('evt.dir') === '">"' ? 0 : 1,
    comm: name ?? '',
  };
};

describe.each(PARSERS)('read by %s', (parser) => {
  const readTrace = (bytes: AsyncIterable<Uint8Array>, counters = new CounterTable()) =>
    readTraceBy(bytes, counters, parser);

  describe('recordings', () => {
    it.each(FOLDERS)('%s is read row by row as it stands in the file', async (folder) => {
      const path = recording(`${folder}/trace.jsonl.gz`);
      const counters = new CounterTable();
      const { events, batchLengths } = await readTrace(openBytes(path, counters), counters);
      const rows = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');

      expect(events).toHaveLength(rows.length);
      expect(countsOf(counters)).toEqual({});
      expect(Math.min(...batchLengths.slice(0, -1))).toBeGreaterThan(1000);
      events.forEach(({ line, nextTid, nextComm, info, ...event }, i) => {
        const row = rows[i] ?? '';
        if (line !== i + 1) expect(line).toBe(i + 1);
        expect(event).toEqual(cutOut(row));
        const next = /"evt\.info":"next=(\d+)(?:\(([^)]*)\))? /.exec(row);
        if (event.type === 'switch') expect([nextTid, nextComm]).toEqual([Number(next?.[1]), next?.[2] ?? '']);
        else expect([nextTid, nextComm]).toEqual([-1, '']);
        expect(row.includes(`"evt.info":${JSON.stringify(info)}`) || /[^ -~]|\\u/.test(row)).toBe(true);
      });
    });

    it('is the same in chunks of any size', async () => {
      const rows = gunzipSync(readFileSync(recording('clean/trace.jsonl.gz')));
      for (const [length, sizes] of [
        [30_000, [1, 2, 3]],
        [600_000, [7, 100, 65_536]],
      ] as const) {
        const part = rows.subarray(0, length);
        const whole = await readTrace(chunked(part, length));
        for (const size of sizes) {
          const counters = new CounterTable();
          expect(await readTrace(chunked(part, size), counters)).toEqual(whole);
          expect(countsOf(counters)).toEqual({ sysdig_json_cut_line: 1 });
        }
      }
    });

    it('reads the published lines of 2014', async () => {
      const counters = new CounterTable();
      const path = recording('openstack-crime-story/trace.jsonl');
      const { events, baseNs } = await readTrace(openBytes(path, counters), counters);
      expect(events).toHaveLength(27);
      expect(baseNs).toBe(1_410_368_483_000_000_000n);
      expect(events[0]).toMatchObject({ num: 368250, type: 'sendmsg', comm: 'keepalived', time: 1410368481339942868n });
      expect(countsOf(counters)).toEqual({});
    });
  });
});
