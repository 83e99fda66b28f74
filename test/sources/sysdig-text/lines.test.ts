import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.js';
import { asSysdigText, type TimeForm } from '../../../scripts/encodings/sysdig-text.js';
import type { TraceRow } from '../../support/transform-trace.js';
import { countsOf, recording } from '../reading-traces.js';
import { readJson, readText } from './reading.js';

const SEND = 'sendmsg fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ';
const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;

/** Lines of one event each, at these times. */
const at = (...times: string[]): string =>
  times.map((time, i) => `${i + 1} ${time} 0 keepalived (10) > ${SEND}\n`).join('');

const timesOf = async (text: string): Promise<bigint[]> => (await readText(text)).events.map(({ time }) => time);

describe('a line', () => {
  it.each([
    ['a plain name', 'keepalived (10)', 'keepalived', 10],
    ['no name', ' (0)', '', 0],
    ['an unknown name', '<NA> (15)', '', 15],
    ['spaces', 'a  b (7)', 'a  b', 7],
    ['brackets', '(sd-pam) (7)', '(sd-pam)', 7],
    ['numbers in brackets', 'a (1) (2) (7)', 'a (1) (2)', 7],
    ['what looks like an event', 'x (1) > a b= (77)', 'x (1) > a b=', 77],
    ['what looks like a switch', 'x (1) > switch (77)', 'x (1) > switch', 77],
    ['no thread', 'x (-1)', 'x', -1],
    ['no thread, without a sign', 'x (18446744073709551615)', 'x', -1],
    ['a container', 'host (host) python3 (573:573)', 'python3', 573],
    ['no container', '<NA> (<NA>) <NA> (15:<NA>)', '', 15],
    ['a container of digits and a name of brackets', 'web.1 (123456789012) (sd-pam) (573:7)', '(sd-pam)', 573],
    ['a container without a name', 'web (0a1b2c3d4e5f)  (0:0)', '', 0],
    ['the ids of a container without one', 'python3 (573:7)', 'python3', 573],
  ])('with %s', async (_, thread, comm, tid) => {
    const { events, counters } = await readText(`12 17:01:21.339942868 3 ${thread} > ${SEND}\n`);
    expect(events).toMatchObject([{ num: 12, line: 1, cpu: 3, tid, comm, type: 'sendmsg', dir: 0 }]);
    expect(events[0]?.info).toBe(SEND.slice('sendmsg '.length));
    expect(countsOf(counters)).toEqual({});
  });

  it.each([
    ['< fsync ', 'fsync', ''],
    ['< fsync', 'fsync', ''],
    ['< write res=9 data=a (5) > kill b ', 'write', 'res=9 data=a (5) > kill b '],
  ])('with the event %s', async (text, type, info) => {
    const { events } = await readText(`1 1410368481.5 0 keepalived (10) ${text}\n`);
    expect(events).toMatchObject([{ type, info, dir: 1 }]);
  });

  it('of a switch tells who comes', async () => {
    const { events } = await readText(
      '1 1.000000000 3  (0) > switch next=5(a (b) c) pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 \n',
    );
    expect(events).toMatchObject([{ nextTid: 5, nextComm: 'a (b) c' }]);
  });

  it('that names no CPU, thread or number is an event all the same', async () => {
    const text = ['<NA>', '40000', '4294967295'].map((cpu) => `<NA> 1410368481.5 ${cpu} x (<NA>) > ${SEND}\n`).join('');
    const { events, counters } = await readText(text);
    expect(events.map(({ num, cpu, tid }) => [num, cpu, tid])).toEqual([
      [-1, -1, -1],
      [-1, -1, -1],
      [-1, -1, -1],
    ]);
    expect(countsOf(counters)).toEqual({ sysdig_text_no_cpu: 2, sysdig_text_no_thread: 3 });
  });
});

describe('times', () => {
  it('of -t a have nanoseconds that are not padded', async () => {
    expect(await timesOf(at('1410368483.9', '1410368484.21071175', '1410368484.621071175'))).toEqual([
      1_410_368_483_000_000_009n,
      1_410_368_484_021_071_175n,
      1_410_368_484_621_071_175n,
    ]);
  });

  it('of day pass midnight in both directions', async () => {
    const midnight = await timesOf(
      at('23:59:59.900000000', '00:00:00.100000000', '23:59:59.950000000', '00:00:00.200000000', '11:00:00.000000000'),
    );
    expect(midnight.map((time) => time - 24n * HOUR)).toEqual([
      -100_000_000n,
      100_000_000n,
      -50_000_000n,
      200_000_000n,
      11n * HOUR,
    ]);
    const before = await timesOf(at('00:00:00.100000000', '23:59:59.950000000', '00:00:00.200000000'));
    expect(before.map((time) => time - 24n * HOUR)).toEqual([100_000_000n, -50_000_000n, 200_000_000n]);
  });

  it('that are lengths may be negative', async () => {
    const text = at('0.000000000', '0.500000000', '18446744073.709451616', '0.000000007', '0.300000000', '0.000001000');
    expect(await timesOf(text)).toEqual([0n, 500_000_000n, 499_900_000n, 499_900_007n, 799_900_007n, 799_901_007n]);
  });

  it.each([
    '24:00:00.000000000',
    '10:60:00.000000000',
    '10:00:00.12',
    '10:00:00',
    '1.5',
    '1410368483.1234567890',
    '-1.5',
    '2014-02-30 10:00:00.000000000',
  ])('such as %s are none', async (time) => {
    await expect(readText(at(time))).rejects.toThrow(/holds no usable event of sysdig's text output/);
  });

  it('in another form than most are left out', async () => {
    const { events, counters } = await readText(at('10:00:00.000000000', '1410368483.5', '10:00:01.000000000'));
    expect(events.map(({ num }) => num)).toEqual([1, 3]);
    expect(countsOf(counters)).toEqual({ sysdig_text_other_time: 1 });
  });

  it('of calls alone are refused', async () => {
    const text = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? `${i} 0.000000000 0 x (1) > read fd=1 \n` : `${i} 0.00000${1000 + i} 0 x (1) < read res=1 \n`,
    ).join('');
    await expect(readText(text)).rejects.toThrow(/tells how long calls took \(sysdig -t d\)/);
  });
});

describe('a text', () => {
  it('holds lines of other kinds', async () => {
    const lines = [
      'sysdig: a message of the recorder',
      `1 1410368481.5 0 keepalived (10) > ${SEND}`,
      '',
      'args broken by a line feed ',
      `2 1410368482.5 0 keepalived (10) > ${SEND}`,
      'Driver Events:1000',
      'Driver Drops:7',
      'Elapsed time: 10.1, Captured Events: 2, 0.20 eps',
      '',
    ];
    const { events, counters, open } = await readText(lines.join('\r\n'));
    expect(events.map(({ line }) => line)).toEqual([2, 5]);
    expect(countsOf(counters)).toEqual({
      sysdig_text_foreign_line: 2,
      sysdig_text_blank_line: 1,
      sysdig_text_statistics_line: 3,
    });
    expect(open.loss?.()).toEqual({ known: true, dropped: 7, offered: 1000 });
  });

  it('that was made of a file says nothing of its loss, though it claims none', async () => {
    const { open } = await readText(`${at('1410368481.5')}Driver Events:0\nDriver Drops:0\n`);
    expect(open.loss?.()).toBeNull();
  });

  it('may end in the middle of a line', async () => {
    const whole = at('1410368481.5', '1410368482.5');
    for (const cut of [3, 20, 40]) {
      const { events, counters } = await readText(whole.slice(0, -cut));
      expect(events).toHaveLength(1);
      expect(countsOf(counters)).toEqual({ sysdig_text_cut_line: 1 });
    }
    const { events, counters } = await readText(whole.slice(0, -1));
    expect(events).toHaveLength(2);
    expect(countsOf(counters)).toEqual({});
  });

  it('that was copied without its last line feed loses nothing', async () => {
    const text = at('1410368481.5', '1410368482.5').replaceAll(' \n', '\n').trimEnd();
    const { events, counters } = await readText(`\ufeff${text}`);
    expect(events).toHaveLength(2);
    expect(countsOf(counters)).toEqual({});
  });

  it('without an event is refused', async () => {
    await expect(readText('Dear reader,\n')).rejects.toThrow(InputError);
  });

  it('is the case of 2014 as its JSON', async () => {
    const folder = recording('openstack-crime-story');
    const json = await readJson(readFileSync(`${folder}/trace.jsonl`));
    const { events, open } = await readText(readFileSync(`${folder}/sysdig.txt`));
    const midnight = BigInt(Date.UTC(2014, 8, 10)) * 1_000_000n;
    expect(open.header.clock).toBe('time-of-day');
    expect(events.map((event) => ({ ...event, info: `${event.info} ` }))).toEqual(
      json.map((event) => ({ ...event, time: event.time - midnight })),
    );
  });
});

const comm = fc
  .string({ unit: fc.constantFrom('a', 'b', ' ', '(', ')', '<', '>', '7', ':', '='), minLength: 1, maxLength: 15 })
  .filter((name) => name !== '<NA>');
const info = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.stringMatching(/^[\w()<>:, -]{0,20}$/)), {
  maxLength: 4,
});
const row: fc.Arbitrary<Omit<TraceRow, 'num' | 'time'>> = fc.record({
  cpu: fc.integer({ min: 0, max: 255 }),
  dir: fc.constantFrom('>' as const, '<' as const),
  info: info.map((pairs) => pairs.map(([key, value]) => `${key}=${value} `).join('')),
  type: fc.stringMatching(/^[a-z][a-z0-9_]{2,12}$/),
  name: fc.option(comm).map((name) => JSON.stringify(name)),
  tid: fc.integer({ min: 0, max: 4_194_304 }),
});

describe('whatever is in it,', () => {
  it('a text tells what its rows told', async () => {
    const rows = fc.array(fc.tuple(row, fc.integer({ min: -50_000_000, max: 500_000_000 })), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom<TimeForm>('h', 'a'),
        fc.integer({ min: 1, max: 300 }),
        async (parts, time, chunk) => {
          let now = 1_795_390_000n * SECOND;
          const all = parts.map(([part, step], i): TraceRow => ({ ...part, num: i + 1, time: (now += BigInt(step)) }));
          const { events } = await readText(`${all.map(asSysdigText({ time })).join('\n')}\n`, chunk);
          expect(
            events.map((event) => [event.num, event.cpu, event.tid, event.comm, event.type, event.dir, event.info]),
          ).toEqual(
            all.map(({ num, cpu, tid, name, type, dir, info }) => [
            num, cpu, tid, (JSON.parse(name) as string | null) ?? '', type, dir === '<' ? 1 : 0, info,
          ]), // prettier-ignore
          );
          const first = all[0]!.time - events[0]!.time;
          expect(events.map((event) => event.time + first)).toEqual(all.map((event) => event.time));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('every line is an event or counted, and nothing else is thrown', async () => {
    const piece = fc.constantFrom(
      '1',
      ' ',
      '<NA>',
      '10:00:00.000000000',
      '1.000000000',
      '1410368483.5',
      '(',
      ')',
      '(7)',
      '>',
      '<',
      'x',
      '\r',
      '\0',
      '\n',
      ':',
      `7 1.500000000 0 x (1) > ${SEND}\n`,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const text = pieces.join('');
        const read = await readText(text).catch((error: unknown) => {
          if (!(error instanceof InputError)) throw error;
          return null;
        });
        if (read === null) return;
        const counted = Object.values(countsOf(read.counters)).reduce((a, b) => a + b, 0);
        const summed = read.counters.get('sysdig_text_summed_times');
        const inEvents = read.counters.get('sysdig_text_no_cpu') + read.counters.get('sysdig_text_no_thread');
        const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
        expect(read.events.length + counted - summed - inEvents).toBe(lines);
      }),
      { numRuns: 150 },
    );
  });

  it('a line of many brackets takes no long time', async () => {
    const line = `1 1.000000000 0 ${' (1) > '.repeat(200_000)}`;
    const { counters } = await readText(`${line}\n${at('1.000000000')}`);
    expect(countsOf(counters)).toEqual({ sysdig_text_foreign_line: 1 });
  });
});
