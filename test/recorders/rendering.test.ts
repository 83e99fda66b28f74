import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIXTURES, makeFolder, readStats, renderText, START } from './rendering.js';

const PROGRAM = join(import.meta.dirname, '../../scripts/recorders/render-rows.js');
const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
/** Rows of fewer events than it takes to sort in rounds stay as they are, so the goldens need no tolerance. */
const run = (...args: string[]) => spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
const line = (ns: number, type = 'switch', info = 'next=0 pgft_maj=0 pgft_min=0 prev_state=1 ', cpu = 0): string =>
  `>\t${String(cpu)}\t${String(ns)}\t7\t7\tkeepalived\t${type}\t${info}\tkernel=0\tnext=\n`;

describe('render-rows.js', () => {
  it.each([
    ['first-form', 300, 0],
    ['numbered-beats', 251, 2],
  ])('renders %s byte for byte', (name, rows, drops) => {
    const folder = makeFolder();
    const out = join(folder, 'trace.jsonl.gz');
    const stats = join(folder, 'trace.stats.txt');
    execFileSync(process.execPath, [PROGRAM, '--out', out, '--stats', stats, join(FIXTURES, `${name}.raw`)]);
    expect(gunzipSync(readFileSync(out)).toString()).toBe(fixture(`${name}.rows.jsonl`));
    expect(readStats(stats)).toEqual({
      'Driver Events': rows + drops,
      'Driver Drops': drops,
      'Malformed Lines': 0,
      'Late Lines': 0,
      Rows: rows,
    });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('tells of a snapshot what is needed to render', () => {
    const { stdout, status } = run('--snapshot');
    const start = JSON.parse(stdout) as { wallMinusMonotonicNs: string; names: Record<string, string> };
    expect(status).toBe(0);
    const wall = Number(BigInt(start.wallMinusMonotonicNs) + process.hrtime.bigint()) / 1e6;
    expect(Math.abs(wall - Date.now())).toBeLessThan(1000);
    expect(start.names['1']).not.toBe('');
  });

  it('knows the clock of a line that is of an earlier time than the first one', async () => {
    // The switch that ends the recorder's own turn is held back; it may be of the second before.
    const text = line(5_000_100_000) + line(4_999_900_000);
    const timesOf = async (since?: bigint): Promise<number[]> => {
      const { rows } = await renderText([text], since === undefined ? {} : { since });
      return rows.map((row) => row['evt.outputtime']);
    };
    expect(await timesOf()).toEqual(['1700000004999900000', '1700000005000100000'].map(Number));
    expect(await timesOf(1_700_000_005_000_000_000n)).toEqual([Number('1700000005000100000')]);
  });

  it.each([
    [[]],
    [['a.raw']],
    [['--out', 'x', '--stats', 'y']],
    [['--out', 'x', '--stats', 'y', '--since', 'noon', 'a.raw']],
    [['--snapshot', 'a.raw']],
    [['--nonsense']],
  ])('refuses %j with its usage', (args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^usage: /);
  });

  it('fails where it cannot write, and leaves nothing behind', () => {
    const folder = makeFolder();
    const part = join(FIXTURES, 'first-form.raw');
    const { status, stderr } = run('--out', join(folder, 'no', 'x.gz'), '--stats', join(folder, 'y'), part);
    expect(status).toBe(1);
    expect(stderr).toContain('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what cannot be read', () => {
  it('is counted, wherever a recording is cut', async () => {
    const whole = Buffer.from(fixture('numbered-beats.raw'));
    const complete = (await renderText([whole])).rows.length;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        const text = whole.subarray(0, length);
        const { rows, stats } = await renderText([text]);
        expect(rows.length).toBeLessThanOrEqual(complete);
        const cut = length > 0 && text.at(-1) !== 0x0a ? 1 : 0;
        const empty = rows.length === 0 ? 1 : 0;
        expect(stats['Malformed Lines']).toBe(Math.max(cut, cut + empty));
        expect(stats['Driver Events']).toBe(rows.length + (stats['Driver Drops'] ?? 0));
      }),
      { numRuns: 40 },
    );
  });

  it('does not disturb what can, whatever bytes stand between', async () => {
    const lines = fixture('numbered-beats.raw').split('\n');
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), fc.uint8Array({ minLength: 1, maxLength: 200 }), async (at, noise) => {
        const foreign = Buffer.from(noise).toString('latin1').replaceAll('\n', ' ');
        const text = [...lines.slice(0, at), `\u0000${foreign}`, ...lines.slice(at)].join('\n');
        const { rows, stats } = await renderText([text]);
        expect(rows).toHaveLength(251);
        expect(stats['Malformed Lines']).toBe(1);
      }),
      { numRuns: 25 },
    );
  });

  it('is counted for parts that are missing, empty or no files', async () => {
    const { rows, stats } = await renderText([null, line(5_000_000_000), '', 'Attaching 3 probes...\n']);
    expect(rows).toHaveLength(1);
    expect(stats['Malformed Lines']).toBe(3);
  });

  it('leaves no trace where there are no rows', async () => {
    const { folder, stats } = await renderText([null]);
    expect(existsSync(join(folder, 'trace.jsonl.gz'))).toBe(false);
    expect(stats).toMatchObject({ 'Driver Events': 0, 'Driver Drops': 0, 'Malformed Lines': 1, Rows: 0 });
  });

  it('takes lines with NUL bytes, without times and of unknown kinds for malformed', async () => {
    const odd = [
      `${line(5e9).slice(0, -20)}\0\0\0\n`,
      line(5e9).replace('5000000000', 'soon'),
      '!\t1\t2\n',
      '@x: 1\n',
      '\n',
    ];
    const { rows, stats } = await renderText([line(4e9) + odd.join('')]);
    expect(rows).toHaveLength(1);
    expect(stats['Malformed Lines']).toBe(3);
  });

  it('keeps names with tabs in them', async () => {
    const { rows } = await renderText([line(5e9).replace('keepalived', 'my\tname')]);
    expect(rows[0]?.['proc.name']).toBe('my\tname');
  });
});

describe('parts', () => {
  const later = JSON.stringify({ wallMinusMonotonicNs: '1700000000000000500', descriptors: { 7: { 4: '<f>/b' } } });
  const first = JSON.stringify({ wallMinusMonotonicNs: '1700000000000000000', descriptors: { 7: { 4: '<f>/a' } } });
  const close = (ns: number): string =>
    line(ns, 'tracepoint:syscalls:sys_enter_fsync', 'fd=4 ').replace('kernel=0', '');
  const read = (ns: number): string => line(ns, 'tracepoint:syscalls:sys_enter_read', 'fd=4 size=1 ');

  it('have their own clocks and descriptors; without a start those of the part before', async () => {
    const texts = [read(1e9), read(2e9), read(3e9)];
    const { rows, folder } = await renderText(texts, { starts: [first, 'broken', later] });
    expect(rows.map((row) => row['evt.info'])).toEqual([
      'fd=4(<f>/a) size=1 ',
      'fd=4(<f>/a) size=1 ',
      'fd=4(<f>/b) size=1 ',
    ]);
    const text = gunzipSync(readFileSync(join(folder, 'trace.jsonl.gz'))).toString();
    const times = [...text.matchAll(/"evt.outputtime":(\d+)/g)].map((match) => match[1]);
    expect(times).toEqual(['1700000001000000000', '1700000002000000000', '1700000003000000500']);
  });

  it('are rendered without any start on the clocks of now', async () => {
    const now = process.hrtime.bigint();
    const { rows } = await renderText([close(Number(now))], { starts: [undefined] });
    expect(Math.abs((rows[0]?.['evt.outputtime'] ?? 0) / 1e6 - Date.now())).toBeLessThan(10_000);
  });

  it('keep what was known better than a snapshot tells', async () => {
    const socket = `>\t0\t1000000000\t7\t7\tkeepalived\ttracepoint:syscalls:sys_enter_sendmsg\tfd=4 size=8 \tsocket=2,3,112\tpeer=120000e000000002,0,0,0\n`;
    const start = JSON.stringify({ wallMinusMonotonicNs: '0', descriptors: { 7: { 4: '<u>' } } });
    const { rows } = await renderText([socket, read(2e9)], { starts: [start, start] });
    expect(rows.map((row) => row['evt.info'])).toEqual([
      'fd=4(<4r>0.0.0.0:112) size=8 tuple=0.0.0.0:112->224.0.0.18:0 ',
      'fd=4(<4r>0.0.0.0:112) size=1 ',
    ]);
  });

  it('are written between two times, and followed before', async () => {
    const open = `>\t0\t1000000000\t7\t7\tkeepalived\ttracepoint:syscalls:sys_enter_openat\tdirfd=-100 flags=0 \tname=/x\n<\t0\t1000000001\t7\t7\tkeepalived\ttracepoint:syscalls:sys_exit_openat\tres=4 \n`;
    const { rows } = await renderText([open + read(2e9) + read(3e9) + read(4e9)], {
      since: 1_700_000_002_000_000_000n,
      until: 1_700_000_003_000_000_000n,
    });
    expect(rows.map((row) => [row['evt.num'], row['evt.info']])).toEqual([
      [1, 'fd=4(<f>/x) size=1 '],
      [2, 'fd=4(<f>/x) size=1 '],
    ]);
  });
});

describe('interrupts', () => {
  it('are the rows of nobody where they found a sender', async () => {
    const soft = line(5e9, 'softirq', 'vec=3 ns=2000000 ');
    const { rows } = await renderText([soft + soft.replace('keepalived', 'cat').replace('\t7\t7\t', '\t8\t8\t')]);
    expect(rows.map((row) => [row['thread.tid'], row['evt.info']])).toEqual([
      [-1, 'vec=NET_RX ns=2000000 '],
      [8, 'vec=NET_RX ns=2000000 '],
    ]);
  });

  it('are summed up from one beat to the next', async () => {
    const { rows } = await renderText([
      '#\t0\t5000000000\t1\t10\t100\n#\t0\t5030000000\t2\t10\t150\n#\t0\t5060000000\n',
    ]);
    expect(rows.map((row) => row['evt.info'])).toEqual(['', 'irq_ns=0 softirq_ns=50 ', '']);
  });
});

it('tells lost events in messages, in parts, and by beats', async () => {
  const beats = '#\t0\t5000000000\t1\t0\t0\n#\t0\t5030000000\t3\t0\t0\n@beats[0]: 5\n@beats[1]: 0\n';
  const lost = 'Lost 4 events\n';
  const { stats } = await renderText([beats], { messages: `WARNING: x\n${lost}`, starts: [START] });
  expect(stats['Driver Drops']).toBe(6);
  expect((await renderText([beats + lost])).stats['Driver Drops']).toBe(6);
});
