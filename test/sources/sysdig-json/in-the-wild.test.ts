import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { ENTER, EXIT } from '../../../src/model/event-batch.js';
import { recognise } from '../../../src/sources/recognise.js';
import { openTrace, openTraceFile } from '../../../src/sources/sysdig-json/index.js';
import { vrrpDestination } from '../../../src/timeline/info.js';
import {
  chunked,
  countsOf,
  PARSERS,
  readTrace as readTraceBy,
  rowOf,
  rowsOf,
  timeOfRow,
  type PlainEvent,
} from '../reading-traces.js';

describe.each(PARSERS)('read by %s', (parser) => {
  const read = async (
    text: string,
    chunk = 65_536,
  ): Promise<{ events: PlainEvent[]; counts: Record<string, number> }> => {
    const counters = new CounterTable();
    const { events } = await readTraceBy(chunked(text, chunk), counters, parser);
    return { events, counts: countsOf(counters) };
  };
  const readOne = async (row: string): Promise<PlainEvent> => {
    const { events } = await read(`${row}\n`);
    expect(events).toHaveLength(1);
    return events[0]!;
  };

  describe('arrays', () => {
    const rows = rowsOf(5);
    const times = rows.map((_, i) => timeOfRow(i + 1));
    const one = { sysdig_json_not_one_a_line: 1 };

    it.each([
      // As sinsp_evt_formatter of 2014 writes it, and how it looks when the first event was filtered.
      ['of 2014', `[${rows.join('\n,\n')}\n]\n`, { sysdig_json_array_line: 5 }],
      ['without its beginning', `,\n${rows.join('\n,\n')}\n]\n`, { sysdig_json_array_line: 6 }],
      ['with commas behind', `[\n${rows.join(',\n')}\n]\n`, { sysdig_json_array_line: 2 }],
      ['with commas in front', `[ ${rows.join('\n, ')}\n]\n`, { sysdig_json_array_line: 1 }],
      ['cut', `[${rows.join(',\n')},\n{"evt.cpu":`, { sysdig_json_cut_line: 1 }],
      ['on one line', `[${rows.join(',')}]`, one],
      ['on one line with spaces', ` [ ${rows.join(' , ')} ] \n`, one],
      ['of two on one line', `[${rows.slice(0, 2).join(',')}]\n`, one],
      ['on one line and cut', `[${rows.join(',')},{"evt.cpu":0,"evt`, { ...one, sysdig_json_cut_line: 1 }],
      ['no array, all behind each other', rows.join(''), one],
      [
        'indented',
        JSON.stringify(
          rows.map((row) => JSON.parse(quoted(row)) as object),
          null,
          2,
        ),
        one,
      ],
      [
        'indented with CR LF',
        rows
          .map((row) => JSON.stringify(JSON.parse(quoted(row)), null, 1))
          .join('\n')
          .replaceAll('\n', '\r\n'),
        one,
      ],
    ])('%s are read', async (name, text, counts) => {
      for (const chunk of [65_536, 7]) {
        const all = await read(text, chunk);
        expect(all.events.map(({ time }) => time)).toEqual(times.slice(0, all.events.length));
        expect(all.events).toHaveLength(name.startsWith('of two') ? 2 : 5);
        expect(all.counts).toEqual(counts);
      }
    });

    it('of events with nested objects, brackets and quotes in texts, and rubbish between them', async () => {
      const text = rows.map((row, i) => row.replace('{', `{"x${i}":{"a":[1,{"b":"}]\\"{"}]},`)).join(' ');
      const { events, counts } = await read(`${text} lost 5 events\n${rows[0]!}`);
      expect(events.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7]);
      expect(counts).toEqual({ ...one, sysdig_json_bad_row: 1 });
    });

    it('in which a text is never closed lose one event', async () => {
      const { events } = await read(`${rows[0]!}${rows[1]!}${rows[2]!}{"evt.type":"re\n${rows[3]!}${rows[4]!}`);
      expect(events).toHaveLength(5);
    });

    it('are not looked for where a line feed was lost', async () => {
      const { events, counts } = await read(`${rows[0]!}${rows[1]!}\n${rows[2]!}\n`);
      expect({ events: events.length, counts }).toEqual({ events: 1, counts: { sysdig_json_bad_row: 1 } });
    });
  });

  describe('times', () => {
    const with_ = (key: string, value: string): string => rowOf(1, { 'evt.outputtime': null, [key]: value });

    it.each([
      'evt.time',
      'evt.time.s',
      'evt.time.iso8601',
      'evt.datetime',
      'evt.datetime.s',
      'evt.rawtime',
      'evt.reltime',
    ])('are read from %s to the nanosecond', async (key) => {
      expect((await readOne(with_(key, '1795343913728196760'))).time).toBe(1795343913728196760n);
    });

    it.each([
      ['evt.time.iso8601', '"2026-11-22T10:38:33.728196760+0000"'],
      ['evt.time.iso8601', '"2026-11-22T12:08:33.728196760+01:30"'],
      ['evt.time', '"2026-11-22T10:38:33.728196760Z"'],
      ['evt.outputtime', '"1795343913728196760"'],
    ])('are read from %s in text, %s', async (key, value) => {
      const { events, counts } = await read(with_(key, value));
      expect(events.map(({ time }) => time)).toEqual([1795343913728196760n]);
      expect(counts).toEqual({});
    });

    it('are taken for UTC where a date has no zone, and that is said', async () => {
      const { events, counts } = await read(with_('evt.datetime', '"2026-11-22 10:38:33.728196760"'));
      expect(events.map(({ time }) => time)).toEqual([1795343913728196760n]);
      expect(counts).toEqual({ sysdig_json_no_time_zone: 1 });
    });

    it.each([
      '"2026-02-31 10:00:00"',
      '"2026-11-22"',
      '"24:00:00"',
      '"10:60:00"',
      '"22.11.2026"',
      '"now"',
      '"1e18"',
      '[1]',
    ])('are not read from %s', async (value) => {
      const { events, counts } = await read(`${rowOf(1)}\n${with_('evt.time', value)}\n`);
      expect({ events: events.length, counts }).toEqual({ events: 1, counts: { sysdig_json_no_time: 1 } });
    });

    it('are read from seconds and nanoseconds in text', async () => {
      const row = rowOf(1, {
        'evt.outputtime': null,
        'evt.rawtime.s': '"1795343913"',
        'evt.rawtime.ns': '"728196760"',
      });
      expect((await readOne(row)).time).toBe(1795343913728196760n);
    });

    const clockOf = async (rows: readonly string[]): Promise<{ clock: string; times: number[] }> => {
      const context = { where: 'test', counters: new CounterTable(), parser };
      const { header, batches } = await openTrace(chunked(rows.join('\n')), context);
      const times: number[] = [];
      for await (const batch of batches) times.push(...batch.time.subarray(0, batch.length));
      return { clock: header.clock, times: times.map((time) => time + Number(header.baseNs)) };
    };

    it('of a day go on at midnight, a little disorder and all', async () => {
      const texts = ['23:59:58.5', '23:59:59.75', '00:00:00.25', '23:59:59.875', '00:00:01'];
      const read = await clockOf(texts.map((text) => with_('evt.time', `"${text}"`)));
      const midnight = 86_400e9;
      expect(read).toEqual({
        clock: 'time-of-day',
        times: [-1.5e9, -0.25e9, 0.25e9, -0.125e9, 1e9].map((time) => midnight + time),
      });
    });

    it('since the first event say that they are', async () => {
      const read = await clockOf([0, 668_630, 268_699_270].map((time) => with_('evt.reltime', String(time))));
      expect(read).toEqual({ clock: 'relative', times: [0, 668_630, 268_699_270] });
    });
  });

  describe('fields given with -p', () => {
    it('are read in any order, with others between them', async () => {
      // sysdig 0.29.3: -j -p '*%evt.args %fd.num ... %evt.time.iso8601 ...' of traces/vm-paused
      const row =
        '{"evt.arg.res":null,"evt.args":"fd=6(<t>) size=8 ","evt.cpu":0,"evt.dir":">","evt.time.iso8601":1795343914355703510,"evt.type":"read","fd.name":"","fd.num":6,"proc.name":"keepalived","thread.tid":562}';
      const expected = { time: 1795343914355703510n, cpu: 0, tid: 562, type: 'read', dir: ENTER, comm: 'keepalived' };
      expect(await readOne(row)).toMatchObject({ ...expected, info: 'fd=6(<t>) size=8 ' });
      const turned = Object.entries(JSON.parse(row.replace('1795343914355703510', '"1795343914355703510"')) as object);
      expect(await readOne(JSON.stringify(Object.fromEntries(turned.reverse())))).toMatchObject(expected);
    });

    it('that are single arguments are put together again', async () => {
      const rows = [
        '{"container.id":"host","evt.arg.fd":"<4r>0.0.0.0:112","evt.arg.next":null,"evt.arg.res":null,"evt.arg.size":"40","evt.arg.tuple":"0.0.0.0:112->224.0.0.18:0","evt.cpu":0,"evt.datetime":1795343914356184230,"evt.dir":">","evt.type":"sendmsg","fd.name":"0.0.0.0:112","fd.num":14,"proc.name":"keepalived","proc.pid":562,"thread.tid":562}',
        '{"container.id":"host","evt.arg.fd":null,"evt.arg.next":null,"evt.arg.res":"40","evt.arg.size":null,"evt.arg.tuple":null,"evt.cpu":0,"evt.datetime":1795343914357835560,"evt.dir":"<","evt.type":"sendmsg","fd.name":null,"fd.num":14,"proc.name":"keepalived","proc.pid":562,"thread.tid":562}',
        '{"evt.arg.next":"sysdig","evt.arg.pgft_maj":"0","evt.rawarg.next":"573","evt.cpu":0,"evt.datetime":1795343914357835570,"evt.dir":">","evt.type":"switch","proc.name":null,"thread.tid":0}',
        '{"evt.arg.next":"0","evt.arg.pgft_maj":"0","evt.cpu":0,"evt.datetime":1795343914357835580,"evt.dir":">","evt.type":"switch","proc.name":"sysdig","thread.tid":573}',
      ];
      const { events } = await read(rows.join('\n'));
      expect(events.map(({ info }) => info)).toEqual([
        'fd=14(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ',
        'res=40 fd=14 ',
        'next=573(sysdig) pgft_maj=0 ',
        'next=0 pgft_maj=0 ',
      ]);
      expect(vrrpDestination(events[0]!.info)).toBe('224.0.0.18');
      expect(events.map(({ nextTid, nextComm }) => [nextTid, nextComm])).toEqual([
        [-1, ''],
        [-1, ''],
        [573, 'sysdig'],
        [0, ''],
      ]);
    });

    const infoOf = async (fields: Record<string, string>): Promise<string> =>
      (await readOne(rowOf(1, { 'evt.info': null, ...fields }))).info;

    it('tell the result, also of a call that failed', async () => {
      expect(await infoOf({ 'evt.rawres': '-4', 'evt.res': '"EINTR"' })).toBe('res=-4(EINTR) ');
      expect(await infoOf({ 'evt.rawres': '8', 'evt.res': '"SUCCESS"', 'fd.num': '6', 'fd.name': '""' })).toBe(
        'res=8 fd=6() ',
      );
      expect(await infoOf({ 'evt.arg.res': '"EPERM"' })).toBe('res=-1(EPERM) ');
    });

    it('tell signals and threads by their names', async () => {
      expect(await infoOf({ 'evt.arg.sig': '"SIGSTOP"', 'evt.arg.pid': '"bash"', 'evt.rawarg.pid': '"17"' })).toBe(
        'sig=19(SIGSTOP) pid=17(bash) ',
      );
      expect(await infoOf({ 'evt.arg.sig': '"constructor"', 'evt.arg.fd': '"<NA>"' })).toBe('sig=constructor ');
    });

    it('have payload behind all else', async () => {
      expect(await infoOf({ 'evt.arg.data': '"tuple=1 "', 'evt.arg.fd': '"<u>/dev/log"', 'evt.arg.x': '1' })).toBe(
        'fd=-1(<u>/dev/log) x=1 data=tuple=1  ',
      );
    });

    it('do not displace evt.info, be it empty', async () => {
      const fields = { 'evt.arg.res': '"1"', 'fd.name': '"/x"' };
      expect(await infoOf({ ...fields, 'evt.info': '""' })).toBe('');
      expect(await infoOf({ ...fields, 'evt.info': 'null' })).toBe('res=1 fd=-1(/x) ');
      expect(await infoOf({ ...fields, 'evt.args': '"a=1 "' })).toBe('a=1 ');
    });

    it('may be missing, null, or text instead of numbers', async () => {
      const texts = rowOf(1, { 'evt.cpu': '"3"', 'evt.num': '"17"', 'thread.tid': '"562"', 'proc.name': '"<NA>"' });
      expect(await readOne(texts)).toMatchObject({ cpu: 3, num: 17, tid: 562, comm: '<NA>' });
      const { events, counts } = await read(
        rowOf(1, { 'evt.cpu': '"<NA>"', 'thread.tid': 'null', 'evt.dir': '"<NA>"' }),
      );
      expect(events).toMatchObject([{ cpu: -1, tid: -1, dir: EXIT }]);
      expect(counts).toEqual({ sysdig_json_no_cpu: 1, sysdig_json_no_direction: 1, sysdig_json_no_thread: 1 });
    });
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'whylate-wild-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('that are an array on one line, or indented, are recognised and read like streams', async () => {
    const rows = rowsOf(2000);
    const indented = JSON.stringify(
      rows.map((row) => JSON.parse(quoted(row)) as object),
      null,
      4,
    );
    for (const text of [`[${rows.join(',')}]`, indented]) {
      expect(recognise(Buffer.from(text))).toBe('sysdig-json');
      const path = join(folder, 'trace.json');
      writeFileSync(path, text);
      const counters = new CounterTable();
      let bytes = 0;
      const { batches } = await openTraceFile(path, { where: path, counters }, (more) => (bytes += more));
      let events = 0;
      for await (const batch of batches) events += batch.length;
      expect({ events, bytes }).toEqual({ events: 2000, bytes: text.length });
      expect(countsOf(counters)).toEqual({ sysdig_json_not_one_a_line: 1 });
    }
  });
});

/** A row whose time JSON.parse does not round. */
const quoted = (row: string): string => row.replace(/"evt.outputtime":(\d+)/, '"evt.outputtime":"$1"');
