import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { ENTER, EXIT } from '../../../src/model/event-batch.js';
import { openTrace } from '../../../src/sources/sysdig-json/index.js';
import { parseNextThread } from '../../../src/sources/trace/next-thread.js';
import {
  chunked,
  countsOf,
  PARSERS,
  readTrace as readTraceBy,
  rowOf,
  timeOfRow,
  type PlainEvent,
} from '../reading-traces.js';

describe.each(PARSERS)('read by %s', (parser) => {
  const readTrace = (bytes: AsyncIterable<Uint8Array>, counters = new CounterTable()) =>
    readTraceBy(bytes, counters, parser);

  const readOne = async (row: string, counters = new CounterTable()): Promise<PlainEvent> => {
    const { events } = await readTrace(chunked(`${row}\n`), counters);
    expect(events).toHaveLength(1);
    const [event] = events;
    if (!event) throw new Error('no event');
    return event;
  };

  describe('rows as sysdig writes them', () => {
    // The samples of the format's description, recorded with sysdig 0.36.
    const SWITCH =
      '{"evt.cpu":0,"evt.dir":">","evt.info":"next=23611(keepalived) pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 ","evt.num":142219,"evt.outputtime":1795344200417375228,"evt.type":"switch","proc.name":null,"thread.tid":0}';
    const SENDMSG =
      '{"evt.cpu":1,"evt.dir":"<","evt.info":"res=40 data= ","evt.num":3430,"evt.outputtime":1795344191864599875,"evt.type":"sendmsg","proc.name":"keepalived","thread.tid":23611}';

    it('reads a switch and who comes next', async () => {
      expect(await readOne(SWITCH)).toEqual({
        time: 1795344200417375228n,
        num: 142219,
        line: 1,
        cpu: 0,
        tid: 0,
        type: 'switch',
        dir: ENTER,
        comm: '',
        nextTid: 23611,
        nextComm: 'keepalived',
        info: 'next=23611(keepalived) pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 ',
      });
    });

    it('reads the end of a system call', async () => {
      expect(await readOne(SENDMSG)).toMatchObject({
        time: 1795344191864599875n,
        cpu: 1,
        tid: 23611,
        type: 'sendmsg',
        dir: EXIT,
        comm: 'keepalived',
        nextTid: -1,
        nextComm: '',
        info: 'res=40 data= ',
      });
    });

    it('keeps <NA> as a name, and has no name for null or none', async () => {
      expect((await readOne(rowOf(1, { 'proc.name': '"<NA>"' }))).comm).toBe('<NA>');
      expect((await readOne(rowOf(1, { 'proc.name': 'null' }))).comm).toBe('');
      expect((await readOne(rowOf(1, { 'proc.name': null }))).comm).toBe('');
    });

    it('gives equal names equal ids and the absent one id 0', async () => {
      const rows = [rowOf(1), rowOf(2, { 'proc.name': 'null' }), rowOf(3)].join('\n');
      const trace = await openTrace(chunked(rows), { where: 'test', counters: new CounterTable(), parser });
      for await (const { comm } of trace.batches) {
        expect(comm[0]).toBe(comm[2]);
        expect(comm[0]).not.toBe(0);
        expect(comm[1]).toBe(0);
      }
    });

    it('takes evt.args for evt.info', async () => {
      const row = rowOf(1, { 'evt.info': null, 'evt.args': '"fd=3 "' });
      expect((await readOne(row)).info).toBe('fd=3 ');
    });

    it('has -1 for what is missing, counts what cannot do without, and not the -1 of events without a thread', async () => {
      const counters = new CounterTable();
      const bare = rowOf(1, { 'evt.cpu': 'null', 'thread.tid': null, 'evt.num': null, 'evt.info': null });
      expect(await readOne(bare, counters)).toMatchObject({ num: -1, cpu: -1, tid: -1, info: '' });
      expect(countsOf(counters)).toEqual({ sysdig_json_no_cpu: 1, sysdig_json_no_thread: 1 });

      const meta = new CounterTable();
      expect((await readOne(rowOf(1, { 'thread.tid': '18446744073709551615' }), meta)).tid).toBe(-1);
      expect((await readOne(rowOf(1, { 'thread.tid': '-1' }), meta)).tid).toBe(-1);
      expect(countsOf(meta)).toEqual({});
    });

    it('does not squeeze numbers into columns that are too small', async () => {
      const counters = new CounterTable();
      const row = rowOf(1, { 'evt.cpu': '40000', 'thread.tid': '4294967297' });
      expect(await readOne(row, counters)).toMatchObject({ cpu: -1, tid: -1 });
      expect(countsOf(counters)).toEqual({ sysdig_json_no_cpu: 1, sysdig_json_no_thread: 1 });
    });

    it('infers a missing direction and counts it', async () => {
      const counters = new CounterTable();
      expect((await readOne(rowOf(1, { 'evt.dir': null }), counters)).dir).toBe(EXIT);
      expect((await readOne(rowOf(1, { 'evt.dir': null, 'evt.type': '"switch"' }), counters)).dir).toBe(ENTER);
      expect(countsOf(counters)).toEqual({ sysdig_json_no_direction: 2 });
    });
  });

  describe('times', () => {
    const odd = 1795344191864599875n;
    it.each(['evt.outputtime', 'evt.rawtime', 'evt.time', 'evt.datetime'])(
      'reads %s to the nanosecond',
      async (key) => {
        const { time } = await readOne(rowOf(1, { 'evt.outputtime': null, [key]: String(odd) }));
        expect(time).toBe(odd);
      },
    );

    it('reads seconds and nanoseconds apart', async () => {
      const split = { 'evt.outputtime': null, 'evt.rawtime.s': '1795344191', 'evt.rawtime.ns': '64599875' };
      expect((await readOne(rowOf(1, split))).time).toBe(1795344191064599875n);
    });

    it('finds the time with spaces around it, first and last', async () => {
      expect((await readOne(`{ "evt.outputtime" : ${odd} , "evt.type" : "read"}`)).time).toBe(odd);
      expect((await readOne(`{"evt.type":"read","evt.dir":"<", "evt.outputtime": ${odd} }`)).time).toBe(odd);
    });

    it('is not taken in by a time inside evt.info', async () => {
      const text = String.raw`"data={\"evt.outputtime\":1111111111111111111,\"evt.rawtime\":1111111111111111112} "`;
      const event = await readOne(rowOf(7, { 'evt.info': text }));
      expect(event.time).toBe(timeOfRow(7));
      expect(event.info).toBe('data={"evt.outputtime":1111111111111111111,"evt.rawtime":1111111111111111112} ');
    });

    it.each(['null', '"17:01"', '-5', '1.5', '1e300', '{}', '18446744073709551615000', '""'])(
      'drops and counts a row whose time is %s',
      async (time) => {
        const counters = new CounterTable();
        const { events } = await readTrace(
          chunked([rowOf(1), rowOf(2, { 'evt.outputtime': time })].join('\n')),
          counters,
        );
        expect(events.map(({ num }) => num)).toEqual([1]);
        expect(countsOf(counters)).toEqual({ sysdig_json_no_time: 1 });
      },
    );

    it('drops a time that cannot be right, the first one too, and keeps the others', async () => {
      for (const bad of ['0', '18446744073709551615']) {
        const counters = new CounterTable();
        const rows = [
          rowOf(1, { 'evt.outputtime': bad }),
          rowOf(2),
          rowOf(3),
          rowOf(4),
          rowOf(5, { 'evt.outputtime': bad }),
        ];
        const { events } = await readTrace(chunked(rows.join('\n')), counters);
        expect(events.map(({ num, time, info }) => [num, time, info !== ''])).toEqual([
          [2, timeOfRow(2), true],
          [3, timeOfRow(3), true],
          [4, timeOfRow(4), true],
        ]);
        expect(countsOf(counters)).toEqual({ sysdig_json_far_time: 2 });
      }
    });

    it('drops it behind the first batch as well', async () => {
      const counters = new CounterTable();
      const rows = Array.from({ length: 5000 }, (_, i) => rowOf(i + 1, i === 4500 ? { 'evt.outputtime': '0' } : {}));
      const { events } = await readTrace(chunked(rows.join('\n')), counters);
      expect(events).toHaveLength(4999);
      expect(countsOf(counters)).toEqual({ sysdig_json_far_time: 1 });
    });
  });

  describe('next=', () => {
    const rest = 'pgft_maj=0 pgft_min=5397 vm_size=54012 vm_rss=48968 vm_swap=0 ';
    it.each([
      ['a name', `next=25978(sysdig) ${rest}`, 25978, 'sysdig'],
      ['no name', `next=15 ${rest}`, 15, null],
      ['idle', `next=0 ${rest}`, 0, null],
      ['spaces and parentheses', `next=123(a (b) c) ${rest}`, 123, 'a (b) c'],
      ['a closing parenthesis first', `next=9() x() ${rest}`, 9, ') x('],
      ['slashes and colons', `next=77(kworker/0:1-ev) ${rest}`, 77, 'kworker/0:1-ev'],
      ['an escape', `next=5(\u001b[31mred) ${rest}`, 5, '\u001b[31mred'],
      ['what follows a name inside a name', `next=5(x) pgft_maj=1) ${rest}`, 5, 'x) pgft_maj=1'],
      ['an empty name', `next=5() ${rest}`, 5, ''],
      ['nothing behind the name', 'next=5(a b)) ', 5, 'a b)'],
      ['a cut name', 'next=5(keepal', 5, null],
      ['no number', 'next=(x) ', -1, null],
      ['a number that is too long', 'next=99999999999(x) ', -1, null],
      ['other text', 'prev=3 next=5(x) ', -1, null],
      ['no text', '', -1, null],
    ])('reads %s', (_, info, tid, comm) => {
      expect(parseNextThread(info)).toEqual({ tid, comm });
    });
  });
});
