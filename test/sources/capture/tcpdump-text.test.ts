import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTcpdumpStats, recogniseCapture } from '../../../src/sources/capture/index.js';
import { readAny, readAs, recordedCapture, recordedCaptures, tcpdump, timesOf } from './reading.js';

const packet =
  'IP 10.0.0.91 > 224.0.0.18: VRRPv2, Advertisement, vrid 42, prio 191, authtype simple, intvl 10s, length 28';
const lines = (...list: string[]): string => list.map((line) => `${line}\n`).join('');
const gaps = (times: readonly bigint[]): number[] => times.slice(1).map((time, i) => Number(time - times[i]!) / 1e9);

describe('the published form', () => {
  it('reads the line of the story', async () => {
    const { capture, counts } = await readAny(lines(`21:55:06.745865 ${packet}`));
    expect(capture).toEqual({
      format: 'tcpdump-text',
      clock: 'time-of-day',
      baseNs: 0n,
      advertisements: [
        {
          time: 78_906_745_865_000,
          packet: 1,
          family: 'ipv4',
          version: 2,
          vrid: 42,
          priority: 191,
          source: '10.0.0.91',
          destination: '224.0.0.18',
          intervalNs: 10_000_000_000,
          ipId: null,
        },
      ],
      records: 1,
      first: 78_906_745_865_000,
      last: 78_906_745_865_000,
      loss: { known: false, dropped: 0 },
    });
    expect(counts).toEqual({});
  });

  it('takes CRLF, a byte-order mark and a missing last line feed', async () => {
    const text = `\ufeff1394056506.745865 ${packet}\r\n1394056516.745865 ${packet}`;
    const { capture, counts } = await readAny(text);
    expect(timesOf(capture)).toEqual([1394056506745865000n, 1394056516745865000n]);
    expect(capture.advertisements.map((one) => one.packet)).toEqual([1, 2]);
    expect(counts).toEqual({});
  });

  it('reads dates as UTC and says so', async () => {
    const { capture, counts } = await readAny(lines(`2014-03-05 21:55:06.745865 ${packet}`));
    expect(timesOf(capture)).toEqual([1394056506745865000n]);
    expect(counts).toEqual({ tcpdump_text_zone_assumed: 1 });
  });

  it('names that mean IPv6', async () => {
    const body = 'router-a > ff02::12: VRRPv3, Advertisement, vrid 44, prio 191, intvl 1000cs, length 16';
    const { capture } = await readAny(lines(`1.000000 IP6 ${body}`));
    expect(capture.advertisements[0]).toMatchObject({ family: 'ipv6', source: 'router-a', destination: 'ff02::12' });
  });
});

describe('a last line that was cut', () => {
  const whole = lines(`21:55:06.745865 ${packet}`);
  it.each(['21:55:1', '21:55:16.745865 IP 10.0.0.91 > 224.0', `21:55:16.745865 ${packet.slice(0, 60)}`])(
    '%s',
    async (cut) => {
      const { capture, counts } = await readAny(whole + cut);
      expect(capture.advertisements).toHaveLength(1);
      expect(counts).toEqual({ capture_cut_record: 1 });
    },
  );

  it('a -v packet without its second line', async () => {
    const head = '21:55:16.745865 IP (tos 0xc0, ttl 255, id 3, offset 0, flags [none], proto VRRP (112), length 40)\n';
    expect((await readAny(whole + head)).counts).toEqual({ capture_cut_record: 1 });
  });
});

it('packets out of order around midnight', async () => {
  const clock = ['23:59:58.000000', '00:00:00.000100', '23:59:59.900000', '00:00:01.000000'];
  const { capture } = await readAny(lines(...clock.map((time) => `${time} ${packet}`)));
  expect(gaps(timesOf(capture))).toEqual([2.0001, -0.1001, 1.1]);
});

describe('-ttt and -ttttt', () => {
  const ofTimes = (times: readonly string[], interval = 1): string =>
    lines(...times.map((time) => ` 00:00:${time} ${packet.replace('10s', `${interval}s`)}`));

  it.each([
    {
      name: 'differences that jitter',
      times: ['00.000000', '01.000200', '01.000100', '01.000300'],
      read: [1.0002, 1.0001, 1.0003],
    },
    { name: 'differences that happen to grow', times: ['00.000000', '01.000100', '01.000200'], read: [1.0001, 1.0002] },
    { name: 'equal differences', times: ['00.000000', '01.000000', '01.000000', '01.000000'], read: [1, 1, 1] },
    { name: 'times since the first line', times: ['00.000000', '01.000200', '02.000300'], read: [1.0002, 1.0001] },
    {
      name: 'times since the first, one gap',
      times: ['00.000000', '01.000200', '06.000300', '07.000400'],
      read: [1.0002, 5.0001, 1.0001],
    },
    { name: 'two lines', times: ['00.000000', '01.000200'], read: [1.0002] },
  ])('$name', async ({ times, read }) => {
    const { capture, counts } = await readAny(ofTimes(times));
    expect(capture.clock).toBe('relative');
    expect(capture.first).toBe(0);
    expect(gaps(timesOf(capture))).toEqual(read);
    expect(counts).toEqual({});
  });

  it('times since the first line with one packet out of order', async () => {
    const times = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(2, '0')}.000${String(100 + i)}`);
    [times[20], times[21]] = [times[21]!, times[20]!];
    const { capture } = await readAny(ofTimes(times));
    expect(Number(timesOf(capture).at(-1)) / 1e9).toBe(39.000039);
  });

  it('a text whose leading spaces were lost', async () => {
    const { capture } = await readAny(ofTimes(['00.000000', '01.000200', '01.000100']).replace(/^ /gm, ''));
    expect(capture.clock).toBe('relative');
    expect(gaps(timesOf(capture))).toEqual([1.0002, 1.0001]);
  });

  it('negative differences', async () => {
    const text = lines(` 00:00:00.000000 ${packet}`, ` 00:00:10.500000 ${packet}`, `-00:00:00.500000 ${packet}`);
    expect(gaps(timesOf((await readAny(text)).capture))).toEqual([10.5, -0.5]);
  });

  it('counts packets missing from differences', async () => {
    const numbered = (n: number, time: string) => `${String(n).padStart(5)}   00:00:${time} ${packet}`;
    const text = lines(numbered(1, '00.000000'), numbered(2, '10.000100'), numbered(5, '10.000000'));
    expect((await readAny(text)).counts).toEqual({ tcpdump_text_missing_lines: 1 });
  });
});

describe('what else is in the text', () => {
  it('closing lines set the loss', async () => {
    const text = lines(
      'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
      'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
      `21:55:06.745865 ${packet}`,
      '^C',
      '1 packet captured',
      '7 packets received by filter',
      '5 packets dropped by kernel',
      '2 packets dropped by interface',
    );
    const { capture, counts } = await readAny(text);
    expect(capture.loss).toEqual({ known: true, dropped: 7, offered: 9 });
    expect(capture.records).toBe(1);
    expect(counts).toEqual({});
  });

  it('a capture without packets is a capture', async () => {
    const text = lines(
      'tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
      '0 packets captured',
    );
    const { capture } = await readAny(text);
    expect(capture).toMatchObject({ records: 0, first: null, last: null, advertisements: [] });
  });

  it('counts other lines, other time forms, clocks set back, overlong lines', async () => {
    const text = lines(
      `21:55:06.745865 ${packet}`,
      'root@gw-a:~#',
      `21:55:16.745865 ${packet}`,
      `1394056526.745865 ${packet}`,
      'x'.repeat(70_000),
      `20:55:26.745865 ${packet}`,
    );
    const { capture, counts } = await readAny(text);
    expect(capture.advertisements.map((one) => one.packet)).toEqual([1, 3, 6]);
    expect(counts).toEqual({
      tcpdump_text_long_line: 1,
      tcpdump_text_mixed_times: 1,
      tcpdump_text_time_backwards: 1,
      tcpdump_text_unknown_line: 1,
    });
  });

  it('counts VRRP lines it cannot read', async () => {
    const bad = ['vrid 999', 'intvl 10cs', 'intvl 300s'].map((field) =>
      packet.replace(field.startsWith('vrid') ? 'vrid 42' : 'intvl 10s', field),
    );
    const { capture, counts } = await readAny(lines(...bad.map((body) => `1.000000 ${body}`)));
    expect(capture.advertisements).toEqual([]);
    expect(counts).toEqual({ tcpdump_text_unreadable_line: 3 });
  });

  it('does not take a text inside another packet for an advertisement', async () => {
    const quoted = `IP 10.0.0.5.514 > 10.0.0.6.514: SYSLOG daemon.info, Msg: ${packet.slice(3)}`;
    const { capture, counts } = await readAny(lines(`1.000000 ${quoted}`));
    expect(capture.advertisements).toEqual([]);
    expect(counts).toEqual({});
  });

  it('refuses a text that is not tcpdump’s', async () => {
    await expect(readAs('tcpdump-text', 'hello\n')).rejects.toThrow(/^input, line 1: no line of tcpdump; /);
    await expect(readAs('tcpdump-text', '')).rejects.toThrow(/^input, line 1: no line of tcpdump; /);
  });
});

describe('closing statistics', () => {
  it.each([
    {
      text: '42 packets captured\n42 packets received by filter\n0 packets dropped by kernel\n',
      loss: { known: true, dropped: 0, offered: 42 },
    },
    {
      text: '1 packet captured\n9 packets received by filter\n1 packet dropped by kernel\n',
      loss: { known: true, dropped: 1, offered: 9 },
    },
    {
      text: 'tcpdump: 5 packets captured, 9 packets received by filter, 4 packets dropped by kernel\n',
      loss: { known: true, dropped: 4, offered: 9 },
    },
    {
      text: '5 packets captured\n5 packets received by filter\n3 packets dropped by kernel\n2 packets dropped by interface',
      loss: { known: true, dropped: 5, offered: 10 },
    },
    { text: '1 packets dropped by kernel\n3 packets dropped by kernel\n', loss: { known: true, dropped: 3 } },
    { text: 'tcpdump: listening on eth0\n', loss: { known: false, dropped: 0 } },
    { text: '', loss: { known: false, dropped: 0 } },
  ])('$text', ({ text, loss }) => {
    expect(readTcpdumpStats(text)).toEqual(loss);
  });

  it('of the recordings', () => {
    for (const path of recordedCaptures()) {
      const stats = readFileSync(path.replace(/\.pcap$/, '.stats.txt'), 'utf8');
      expect(readTcpdumpStats(stats), path).toMatchObject({ known: true, dropped: 0 });
    }
  });
});

describe('recognition', () => {
  const recognise = (text: string) => recogniseCapture(new TextEncoder().encode(text));
  const folder = dirname(recordedCapture('flood/capture.sender.pcap'));

  it.each([
    [
      'sysdig text',
      '368250 17:01:21.339942868 0 keepalived (10400) > sendmsg fd=13(192.168.205.8->224.0.0.18) size=40\n',
    ],
    ['sysdig JSON', '{"evt.cpu":0,"evt.info":"fd=13 ","evt.num":1,"evt.outputtime":1795344191864599875}\n'],
    ['a keepalived log', 'Mar  5 21:55:06 gw Keepalived_vrrp[1]: (VI_1) Receive advertisement timeout\n'],
    ['strace', '1394056506.745865 sendmsg(13, {msg_name={sin_addr=inet_addr("224.0.0.18")}}, 0) = 40\n'],
    ['closing statistics alone', readFileSync(join(folder, 'capture.sender.stats.txt'), 'utf8')],
    ['a log of the recordings', readFileSync(join(folder, 'keepalived.log'), 'utf8')],
    ['nothing', ''],
    ['gzip', '\x1f\x8b\x08\0\0\0'],
  ])('is not fooled by %s', (_name, text) => {
    expect(recognise(text)).toBeNull();
  });

  it('finds the text behind other lines', () => {
    const text = tcpdump(recordedCapture('flood/capture.sender.pcap'), '-nn');
    expect(recognise(`root@gw-a:~# tcpdump -nn vrrp\n${text}`)).toBe('tcpdump-text');
  });
});
