import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findNamespace,
  findSenders,
  parseControlGroups,
  parseRawSockets,
  parseStartTicks,
} from '../../src/sessions/find-sender.js';

const RAW = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  112: 00000000:0070 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50001 2 0000000000000000 0
  112: 00000000:0070 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50002 2 0000000000000000 0
    1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50003 2 0000000000000000 0
`;
const RAW6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  112: 00000000000000000000000000000000:0070 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50009 2 0000000000000000 0
`;
const EMPTY = RAW.slice(0, RAW.indexOf('\n') + 1);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'find-sender-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

interface Fake {
  readonly comm?: string;
  readonly netns?: number;
  readonly start?: number;
  readonly sockets?: readonly number[];
  readonly raw?: string;
  readonly raw6?: string;
}

const addProcess = (pid: number, fake: Fake = {}): void => {
  const folder = join(root, 'proc', String(pid));
  const { comm = 'bash', netns = 7, start = 100, sockets = [], raw = EMPTY, raw6 = EMPTY } = fake;
  for (const name of ['ns', 'fd', 'net']) mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(`net:[${netns}]`, join(folder, 'ns/net'));
  symlinkSync('/dev/null', join(folder, 'fd/0'));
  sockets.forEach((inode, i) => {
    symlinkSync(`socket:[${inode}]`, join(folder, `fd/${i + 3}`));
  });
  writeFileSync(join(folder, 'comm'), `${comm}\n`);
  writeFileSync(join(folder, 'net/raw'), raw);
  writeFileSync(join(folder, 'net/raw6'), raw6);
  writeFileSync(join(folder, 'stat'), `${pid} (${comm}) S ${'1 '.repeat(18)}${start} 0 0\n`);
  writeFileSync(join(folder, 'cgroup'), '2:cpu,cpuacct:/lab\n0::/user.slice\n');
};

const find = (filter = {}): ReturnType<typeof findSenders> =>
  findSenders(filter, { proc: join(root, 'proc'), netns: join(root, 'netns') });

describe('findSenders', () => {
  it('takes the process that owns the sockets, not its parent', () => {
    addProcess(10, { comm: 'keepalived', raw: RAW });
    addProcess(11, { comm: 'keepalived', raw: RAW, sockets: [50001, 50002, 9], start: 4711 });
    addProcess(12, { raw: RAW, sockets: [50003] });
    expect(find()).toEqual({
      senders: [
        {
          pid: 11,
          comm: 'keepalived',
          startTicks: 4711,
          netns: 7,
          sockets: 2,
          cgroups: { v1: { cpu: '/lab', cpuacct: '/lab' }, v2: '/user.slice' },
        },
      ],
      unreadable: 0,
      unowned: 0,
    });
  });

  it('takes the oldest of those that share a socket, whatever their numbers', () => {
    addProcess(20, { comm: 'keepalived', raw: RAW, sockets: [50001, 50002], start: 900 });
    addProcess(21, { comm: 'keepalived', raw: RAW, sockets: [50001, 50002], start: 300 });
    expect(find().senders.map(({ pid, sockets }) => [pid, sockets])).toEqual([[21, 2]]);
  });

  it('finds a daemon of any name, sockets of IPv6, and owners in several namespaces', () => {
    addProcess(30, { comm: 'my router', raw6: RAW6, sockets: [50009] });
    addProcess(31, { comm: 'vrrpd', netns: 8, raw: RAW, sockets: [50002, 50001] });
    expect(find().senders.map(({ pid, netns }) => [pid, netns])).toEqual([
      [30, 7],
      [31, 8],
    ]);
  });

  it('keeps to a namespace and to a name', () => {
    addProcess(40, { comm: 'keepalived', raw: RAW, sockets: [50001] });
    mkdirSync(join(root, 'netns'));
    writeFileSync(join(root, 'netns/blue'), '');
    const blue = statSync(join(root, 'netns/blue')).ino;
    addProcess(41, { comm: 'keepalived', netns: blue, raw: RAW, sockets: [50001, 50002] });
    addProcess(42, { comm: 'other', netns: blue, raw6: RAW6, sockets: [50009] });
    expect(find({ netns: 'blue' }).senders.map(({ pid }) => pid)).toEqual([41]);
    expect(find({ process: 'keepalived' }).senders.map(({ pid }) => pid)).toEqual([40, 41]);
    expect(find({ process: 'keepalive' })).toMatchObject({ senders: [], unowned: 4 });
    expect(find({ netns: 'red' }).senders).toEqual([]);
  });

  it('looks at no descriptors where no socket is of VRRP, and says which owners it did not find', () => {
    addProcess(50, { sockets: [50001] });
    expect(find()).toEqual({ senders: [], unreadable: 0, unowned: 0 });
    addProcess(51, { netns: 9, raw: RAW });
    expect(find()).toEqual({ senders: [], unreadable: 0, unowned: 2 });
  });

  it('passes over what ends meanwhile, and answers without a procfs', () => {
    addProcess(60, { comm: 'keepalived', raw: RAW, sockets: [50001] });
    mkdirSync(join(root, 'proc/61'));
    rmSync(join(root, 'proc/60/stat'));
    expect(find()).toEqual({ senders: [], unreadable: 0, unowned: 2 });
    rmSync(join(root, 'proc'), { recursive: true });
    expect(find()).toEqual({ senders: [], unreadable: 0, unowned: 0 });
  });

  it('is quick with 500 processes of 20 descriptors', () => {
    for (let pid = 1000; pid < 1500; pid++)
      addProcess(pid, { netns: pid % 2, sockets: Array.from({ length: 20 }, (_, i) => i), raw: pid % 2 ? RAW : EMPTY });
    addProcess(2000, { comm: 'keepalived', netns: 1, raw: RAW, sockets: [50001, 50002] });
    expect(find().senders.map(({ pid }) => pid)).toEqual([2000]);
    const times = [1, 2, 3].map(() => {
      const begun = performance.now();
      find();
      return performance.now() - begun;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

describe('the texts it reads', () => {
  it('list the sockets of protocol 112', () => {
    expect(parseRawSockets(RAW)).toEqual(['50001', '50002']);
    expect(parseRawSockets(RAW6)).toEqual(['50009']);
    expect(parseRawSockets(EMPTY)).toEqual([]);
  });

  it('tell control groups whose paths hold colons', () => {
    expect(parseControlGroups('1:name=systemd:/a:b\n0::/\nx\n')).toEqual({ v1: { 'name=systemd': '/a:b' }, v2: '/' });
    expect(parseControlGroups('')).toEqual({ v1: {}, v2: null });
  });

  it('tell the start of a process with a nasty name', () => {
    expect(parseStartTicks(`5 (a) S 1 (b)) S ${'1 '.repeat(18)}77 0`)).toBe(77);
    expect(parseStartTicks('5 (a) S 1')).toBeNull();
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseRawSockets(text)).toBeInstanceOf(Array);
        parseControlGroups(text);
        const ticks = parseStartTicks(text);
        expect(ticks === null || ticks >= 0).toBe(true);
      }),
    );
  });

  it('name a namespace by nothing but a name', () => {
    expect(findNamespace('../proc', { netns: root })).toBeNull();
    expect(findNamespace('..', { netns: root })).toBeNull();
    writeFileSync(join(root, 'ok'), '');
    expect(findNamespace('ok', { netns: root })).toBe(statSync(join(root, 'ok')).ino);
  });
});
