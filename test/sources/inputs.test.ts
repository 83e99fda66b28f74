import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import { InputError } from '../../src/model/input-error.js';
import { resolveInputs, type InputArguments, type ResolvedInputs } from '../../src/sources/inputs.js';
import { collectBytes, countsOf, recording, rowsOf } from './reading-traces.js';

let root: string;
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'whylate-inputs-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const ROWS = `${rowsOf(3).join('\n')}\n`;
const VITALS = '{"ns":"1795344000000000000","clock":"realtime","cpu":{"0":{"steal":0}}}\n';
const CAPTURE = recording('clean/capture.sender.pcap');
const LOG = 'Sun Nov 22 11:32:06 2026: (VI_1) Entering MASTER STATE\n';

type Content = string | Uint8Array | { readonly copyOf: string };
const folderWith = (files: Record<string, Content>): string => {
  const folder = join(root, `folder${++made}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content);
    else copyFileSync(content.copyOf, path);
  }
  return folder;
};
const PCAP: Content = { copyOf: CAPTURE };

const resolved = (given: Partial<InputArguments>, counters = new CounterTable()): Promise<ResolvedInputs> =>
  resolveInputs({ files: [], traces: [], captures: [], logs: [], ...given }, counters);

const namesOf = (inputs: ResolvedInputs): string[] => inputs.captures.map(({ name }) => name);

describe('files', () => {
  it('are recognised by content, whatever their names, with the statistics beside them', async () => {
    const folder = folderWith({
      'a.pcap': gzipSync(ROWS),
      'b.jsonl': PCAP,
      'c.gz': LOG,
      'a.stats.txt': 'Driver Drops:0\n',
      'b.stats.txt': '0 packets dropped by kernel\n',
    });
    const at = (name: string): string => join(folder, name);
    const inputs = await resolved({ files: [at('c.gz'), at('b.jsonl'), at('a.pcap')] });
    expect(inputs.trace).toMatchObject([{ path: at('a.pcap'), kind: 'sysdig-json', statsPath: at('a.stats.txt') }]);
    expect(inputs.captures).toMatchObject([
      { path: at('b.jsonl'), kind: 'pcap', name: 'capture1', statsPath: at('b.stats.txt') },
    ]);
    expect(inputs.logs).toMatchObject([{ path: at('c.gz'), kind: 'keepalived-log' }]);
    expect(inputs.orderKnown).toBe(true);
    const [trace] = inputs.trace;
    if (!trace) throw new Error('no trace');
    expect((await collectBytes(trace.open())).toString()).toBe(ROWS);
  });

  it('vitals are recognised, given without an option or in a session folder', async () => {
    const folder = folderWith({ x: VITALS });
    expect((await resolved({ files: [join(folder, 'x')] })).vitals).toMatchObject([{ kind: 'vitals', role: 'vitals' }]);
    await expect(resolved({ traces: [join(folder, 'x')] })).rejects.toThrow(/vitals .*; give it without an option/);

    const session = folderWith({ 'trace.jsonl': ROWS, 'vitals.ndjson.gz': gzipSync(VITALS) });
    const { vitals } = await resolved({ files: [session] });
    expect(vitals).toMatchObject([{ path: join(session, 'vitals.ndjson.gz') }]);
    expect((await collectBytes(vitals[0]!.open())).toString()).toBe(VITALS);
  });

  it('vitals of a session that are none, or empty, are left out and counted', async () => {
    const counters = new CounterTable();
    const other = folderWith({ 'trace.jsonl': ROWS, 'vitals.ndjson': 'who knows\n' });
    const empty = folderWith({ 'trace.jsonl': ROWS, 'vitals.ndjson': '' });
    for (const session of [other, empty]) expect((await resolved({ files: [session] }, counters)).vitals).toEqual([]);
    expect(countsOf(counters)).toEqual({ session_vitals_ignored: 1, session_input_empty: 1 });
  });

  it('count a cut file once', async () => {
    const whole = gzipSync(ROWS.repeat(50));
    const folder = folderWith({ 'trace.gz': whole.subarray(0, whole.length - 4) });
    const counters = new CounterTable();
    const { trace } = await resolved({ traces: [join(folder, 'trace.gz')] }, counters);
    expect(countsOf(counters)).toEqual({});
    for (const { open } of trace) await collectBytes(open());
    expect(countsOf(counters)).toEqual({ compressed_input_cut: 1 });
  });

  it('nameless captures are numbered around given names', async () => {
    const folder = folderWith({ a: PCAP, b: PCAP, c: PCAP, d: PCAP });
    const at = (name: string): string => join(folder, name);
    const captures = [
      { name: 'tap', path: at('b') },
      { name: null, path: at('c') },
      { name: 'capture2', path: at('d') },
    ];
    expect(namesOf(await resolved({ files: [at('a')], captures }))).toEqual([
      'capture1',
      'tap',
      'capture3',
      'capture2',
    ]);
  });

  it.each([
    ['an unknown kind', 'Dear reader,\n', /x: is of an unknown kind; give sysdig JSON \(sysdig -j\), /],
    ['other JSON', '{"a":1}\n', /x: is of an unknown kind; /],
    ['nothing', '', /x: is empty; /],
    ['nothing, compressed', gzipSync(''), /x: is empty; /],
  ])('are refused when they hold %s', async (_, content, message) => {
    const path = join(folderWith({ x: content }), 'x');
    for (const given of [{ files: [path] }, { traces: [path] }, { captures: [{ name: null, path }] }]) {
      await expect(resolved(given)).rejects.toThrow(message);
      await expect(resolved(given)).rejects.toThrow(InputError);
    }
  });

  const SCAP = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000200ffffffffffffffff1c0000000102000010000000', 'hex');

  it.each([
    ['sysdig-text', '3 17:01:21.339942868 0 a (1) > sendmsg fd=1\n', 'plain'],
    ['scap', SCAP, 'plain'],
    ['scap', gzipSync(SCAP), 'encoded'],
  ])('may be traces in other forms of sysdig: %s', async (kind, content, storage) => {
    const path = join(folderWith({ x: content }), 'x');
    expect((await resolved({ files: [path] })).trace).toMatchObject([{ path, kind, storage, role: 'trace' }]);
    await expect(resolved({ captures: [{ name: null, path }] })).rejects.toThrow(/is a sysdig trace .*--trace/);
  });

  it('are refused in the wrong role, with the right one', async () => {
    const folder = folderWith({ rows: ROWS, pcap: PCAP, log: LOG });
    const at = (name: string): string => join(folder, name);
    await expect(resolved({ traces: [at('pcap')] })).rejects.toThrow(
      /pcap: is a packet capture \(pcap\); give it with --capture/,
    );
    await expect(resolved({ captures: [{ name: null, path: at('rows') }] })).rejects.toThrow(
      /rows: is a sysdig trace; give it with --trace/,
    );
    await expect(resolved({ logs: [at('rows')] })).rejects.toThrow(/give it with --trace/);
    await expect(resolved({ traces: [at('log')] })).rejects.toThrow(/log: is a log of keepalived; give it with --log/);
  });

  it('a system log without a word of keepalived at its beginning is taken where a log is asked for', async () => {
    const path = join(folderWith({ syslog: 'Nov 22 11:00:00 lb01 systemd[1]: Started something.\n' }), 'syslog');
    expect((await resolved({ logs: [path] })).logs).toMatchObject([{ path }]);
    await expect(resolved({ files: [path] })).rejects.toThrow(/unknown kind/);
  });

  it('are refused when missing, or given twice', async () => {
    await expect(resolved({ files: [join(root, 'none')] })).rejects.toThrow(/none: does not exist/);
    await expect(resolved({ traces: [root] })).rejects.toThrow(/is a directory; /);
    const folder = folderWith({ 'trace.jsonl': ROWS });
    const path = join(folder, 'trace.jsonl');
    await expect(resolved({ files: [path], traces: [join(folder, '.', 'trace.jsonl')] })).rejects.toThrow(
      /given twice/,
    );
    await expect(resolved({ files: [folder, path] })).rejects.toThrow(/given twice/);
  });

  it('two captures of one name are refused', async () => {
    const folder = folderWith({ a: PCAP, b: PCAP });
    const captures = ['a', 'b'].map((name) => ({ name: 'tap', path: join(folder, name) }));
    await expect(resolved({ captures })).rejects.toThrow(/b: is a second capture called tap; /);
  });

  it('a pipe is read on from where it was recognised', async () => {
    const path = join(folderWith({}), 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    const text = ROWS.repeat(2000);
    const writer = spawn('sh', ['-c', 'cat > "$0"', path]);
    writer.stdin.end(text);
    const { trace } = await resolved({ files: [path] });
    expect(trace).toHaveLength(1);
    for (const { open } of trace) expect((await collectBytes(open())).toString()).toBe(text);
  });
});

describe('session folders', () => {
  it('a recording is read whole', async () => {
    const counters = new CounterTable();
    const inputs = await resolved({ files: [recording('vm-paused')] }, counters);
    expect(inputs.trace.map(({ path }) => basename(path))).toEqual(['trace.jsonl.gz']);
    expect(
      inputs.captures.map(({ name, path, statsPath }) => [name, basename(path), basename(statsPath ?? '')]),
    ).toEqual([
      ['sender', 'capture.sender.pcap', 'capture.sender.stats.txt'],
      ['tap', 'capture.tap.pcap', 'capture.tap.stats.txt'],
    ]);
    expect(inputs.logs.map(({ path }) => basename(path))).toEqual(['keepalived.log']);
    expect(inputs.orderKnown).toBe(true);
    expect(countsOf(counters)).toEqual({});
  });

  it('the story of 2014 has only a trace', async () => {
    const inputs = await resolved({ files: [recording('openstack-crime-story')] });
    expect(inputs.trace.map(({ path }) => basename(path))).toEqual(['trace.jsonl']);
    expect([inputs.captures, inputs.logs]).toEqual([[], []]);
  });

  const three = {
    'trace.jsonl': ROWS,
    'capture.tap.pcap': PCAP,
    'capture.sender.pcap': PCAP,
    'capture.backup.pcap': PCAP,
  };

  it('have captures in the order of session.json', async () => {
    for (const points of [
      ['sender', 'tap', 'backup'],
      [{ name: 'sender' }, { name: 'tap' }, { name: 'backup' }],
    ]) {
      const inputs = await resolved({ files: [folderWith({ ...three, 'session.json': JSON.stringify({ points }) })] });
      expect(namesOf(inputs)).toEqual(['sender', 'tap', 'backup']);
      expect(inputs.orderKnown).toBe(true);
    }
  });

  it('without session.json sender is first, and the order of several others is not known', async () => {
    const inputs = await resolved({ files: [folderWith(three)] });
    expect(namesOf(inputs)).toEqual(['sender', 'backup', 'tap']);
    expect(inputs.orderKnown).toBe(false);
    const two = await resolved({ files: [folderWith({ 'capture.b.pcap': PCAP, 'capture.a.pcap': PCAP })] });
    expect([namesOf(two), two.orderKnown]).toEqual([['a', 'b'], false]);
  });

  it('say when session.json is cut, or lists what is not there', async () => {
    const counters = new CounterTable();
    const cut = await resolved({ files: [folderWith({ ...three, 'session.json': '{"points": ["sen' })] }, counters);
    expect(namesOf(cut)).toEqual(['sender', 'backup', 'tap']);
    expect(countsOf(counters)).toEqual({ session_json_unreadable: 1 });

    const more = new CounterTable();
    const points = JSON.stringify({ points: ['sender', 'host', 'tap'] });
    const inputs = await resolved({ files: [folderWith({ ...three, 'session.json': points })] }, more);
    expect([namesOf(inputs), inputs.orderKnown]).toEqual([['sender', 'tap', 'backup'], false]);
    expect(countsOf(more)).toEqual({ session_capture_missing: 1 });
  });

  it('cut off by a crash are read as far as they have content', async () => {
    const counters = new CounterTable();
    const files = { 'trace.jsonl': ROWS, 'capture.sender.pcap': PCAP, 'capture.tap.pcap': '', 'keepalived.log': '' };
    const inputs = await resolved({ files: [folderWith(files)] }, counters);
    expect([inputs.trace.length, namesOf(inputs), inputs.logs]).toEqual([1, ['sender'], []]);
    expect(countsOf(counters)).toEqual({ session_input_empty: 1, session_log_empty: 1 });
  });

  it('leave out what is called trace.* but is none, unless nothing else is there', async () => {
    const counters = new CounterTable();
    const files = { 'trace.1.jsonl': ROWS, 'trace.html': '<html>\n', 'trace.scap0': 'x', 'trace.stats.txt': 'x' };
    const inputs = await resolved({ files: [folderWith(files)] }, counters);
    expect(inputs.trace.map(({ path }) => basename(path))).toEqual(['trace.1.jsonl']);
    expect(countsOf(counters)).toEqual({ session_file_ignored: 1 });
    await expect(resolved({ files: [folderWith({ 'trace.html': '<html>\n' })] })).rejects.toThrow(/unknown kind/);
  });

  describe('with the trace in scap alone', () => {
    const SCAP = readFileSync(recording('vm-paused/trace.scap.gz'));
    const PATH = process.env['PATH'];
    const withoutSysdig = (): void => {
      process.env['PATH'] = root;
    };
    const withSysdig = (): void => {
      const bin = folderWith({ sysdig: '#!/bin/sh\necho sysdig version 0.29.3\n' });
      chmodSync(join(bin, 'sysdig'), 0o755);
      process.env['PATH'] = bin;
    };
    afterEach(() => {
      process.env['PATH'] = PATH;
    });

    it('say so where there is no sysdig', async () => {
      withoutSysdig();
      await expect(resolved({ files: [folderWith({ 'trace.scap.gz': SCAP })] })).rejects.toThrow(
        /\(scap\), and there is no sysdig here to read it; .*sysdig -r trace\.scap -j/,
      );
      const counters = new CounterTable();
      const inputs = await resolved(
        { files: [folderWith({ 'trace.scap.gz': SCAP, 'capture.a.pcap': PCAP })] },
        counters,
      );
      expect([inputs.trace, namesOf(inputs)]).toEqual([[], ['a']]);
      expect(countsOf(counters)).toEqual({ session_scap_ignored: 1 });
    });

    it('are read through sysdig', async () => {
      withSysdig();
      const counters = new CounterTable();
      const files = { 'trace.scap.gz': SCAP, 'trace.scap1': '', 'trace.stats.txt': 'x', 'capture.a.pcap': PCAP };
      const inputs = await resolved({ files: [folderWith(files)] }, counters);
      expect(inputs.trace).toMatchObject([{ kind: 'scap', storage: 'encoded' }]);
      expect(basename(inputs.trace[0]?.statsPath ?? '')).toBe('trace.stats.txt');
      expect(countsOf(counters)).toEqual({ session_input_empty: 1 });
    });

    it('or in rows as well are read from the rows', async () => {
      withSysdig();
      const files = { 'trace.scap.gz': SCAP, 'trace.jsonl': ROWS };
      expect((await resolved({ files: [folderWith(files)] })).trace).toMatchObject([{ kind: 'sysdig-json' }]);
    });

    it('twice are refused', async () => {
      withSysdig();
      const files = { 'trace.scap.gz': SCAP, 'trace.scap': 'x' };
      await expect(resolved({ files: [folderWith(files)] })).rejects.toThrow(/holds the same trace twice/);
    });
  });

  it('with nothing in them, or the trace twice, are refused', async () => {
    await expect(resolved({ files: [folderWith({ 'readme.md': 'x' })] })).rejects.toThrow(
      /is a folder without a trace or captures; /,
    );
    const twice = folderWith({ 'trace.jsonl': ROWS, 'trace.jsonl.gz': gzipSync(ROWS) });
    await expect(resolved({ files: [twice] })).rejects.toThrow(/holds the same trace twice/);
  });
});

describe('the folder of a recording that was cut off', () => {
  const CUT_OFF = JSON.stringify({ points: ['sender', 'tap'], complete: false, kind: 'session' });

  it('may hold nothing yet', async () => {
    const counters = new CounterTable();
    const inputs = await resolved({ files: [folderWith({ 'session.json': CUT_OFF })] }, counters);
    expect(inputs).toMatchObject({ trace: [], captures: [], mayBeEmpty: true });
    expect(countsOf(counters)).toEqual({ session_incomplete: 1, session_capture_missing: 2 });
  });

  it('may hold pieces that are none, and files that were being written', async () => {
    const counters = new CounterTable();
    const files = {
      'session.json': CUT_OFF,
      'capture.sender.pcap': Buffer.from('4d3cb2a10200', 'hex'),
      'capture.tap.pcap': Buffer.alloc(30, 1),
      'trace.jsonl': 'sysdig: cannot',
      'trace.jsonl.gz.99.tmp': 'x',
      'trace.scap': 'x',
    };
    const inputs = await resolved({ files: [folderWith(files)] }, counters);
    expect(inputs).toMatchObject({ trace: [], captures: [] });
    expect(countsOf(counters)).toEqual({
      session_incomplete: 1,
      session_capture_missing: 1,
      session_capture_ignored: 1,
      session_file_ignored: 1,
      session_input_empty: 1,
    });
  });

  it('says that its trace is not rendered', async () => {
    const counters = new CounterTable();
    const folder = folderWith({ 'session.json': CUT_OFF, 'capture.sender.pcap': PCAP });
    mkdirSync(join(folder, 'parts'));
    await resolved({ files: [folder] }, counters);
    expect(countsOf(counters)).toMatchObject({ session_trace_not_rendered: 1 });
  });

  it('that is a flight recorder’s points to what was kept', async () => {
    const counters = new CounterTable();
    const flight = JSON.stringify({ points: ['sender'], complete: true, kind: 'flight' });
    await resolved({ files: [folderWith({ 'session.json': flight })] }, counters);
    expect(countsOf(counters)).toEqual({ session_flight_folder: 1 });
  });

  it('without a session.json is refused as ever', async () => {
    await expect(resolved({ files: [folderWith({ 'vitals.ndjson': '' })] })).rejects.toThrow(
      'without a trace or captures',
    );
  });
});
