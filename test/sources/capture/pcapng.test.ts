import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { concat, cooked, ethernet, ipv4, ipv6, n64, pcapngBlocks, vrrp2, vrrp3 } from './packet-builder.js';
import { contentOf, readAny, readAs, recordedCapture, runTool, timesOf } from './reading.js';

const folder = mkdtempSync(join(tmpdir(), 'whylate-pcapng-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const TSRESOL = 9;
const TSOFFSET = 14;
const frame = ethernet(ipv4(vrrp2()));
const frame6 = ethernet(ipv6(vrrp3()));

describe('files that Wireshark’s tools write', () => {
  const source = recordedCapture('flood/capture.sender.pcap');

  it.each([
    { name: 'editcap', tool: 'editcap', args: (to: string) => ['-F', 'pcapng', source, to] },
    { name: 'tshark', tool: 'tshark', args: (to: string) => ['-r', source, '-F', 'pcapng', '-w', to] },
    {
      name: 'editcap, cut to 50 bytes',
      tool: 'editcap',
      args: (to: string) => ['-s', '50', '-F', 'pcapng', source, to],
    },
  ])('$name: the same advertisements to the nanosecond', async ({ name, tool, args }) => {
    const path = join(folder, `${name}.pcapng`);
    runTool(tool, args(path));
    const expected = (await readAny(readFileSync(source))).capture;
    const { capture, counts } = await readAny(readFileSync(path));
    expect(capture.format).toBe('pcapng');
    expect(capture.advertisements).toEqual(expected.advertisements);
    expect(capture.baseNs).toBe(expected.baseNs);
    expect(capture.records).toBe(expected.records);
    expect(counts).toEqual({});
  });

  it('mergecap: several interfaces, in time order', async () => {
    const others = ['tbf/capture.receiver.pcap', 'drop/capture.receiver.pcap'].map(recordedCapture);
    const cookedPath = join(folder, 'cooked.pcapng');
    const block = pcapngBlocks(true);
    writeFileSync(
      cookedPath,
      concat(block.section(), block.description(113), block.enhanced(0, 1_795_347_034_000_000n, cooked(ipv6(vrrp3())))),
    );
    const merged = join(folder, 'merged.pcapng');
    const sources = [source, ...others, cookedPath];
    runTool('mergecap', ['-F', 'pcapng', '-w', merged, ...sources]);
    const parts = await Promise.all(sources.map(async (path) => (await readAny(readFileSync(path))).capture));
    const rows = parts.flatMap((part) =>
      part.advertisements.map((one, i) => ({ at: timesOf(part)[i]!, content: contentOf(one) })),
    );
    rows.sort((a, b) => Number(a.at - b.at));
    const { capture } = await readAny(readFileSync(merged));
    expect(timesOf(capture)).toEqual(rows.map(({ at }) => at));
    expect(capture.advertisements.map(contentOf)).toEqual(rows.map(({ content }) => content));
    expect(capture.records).toBe(parts.reduce((sum, { records }) => sum + records, 0));
  });
});

describe.each([true, false])('built files, littleEndian %s', (littleEndian) => {
  const make = pcapngBlocks(littleEndian);
  const start = concat(make.section(), make.description());

  it.each([
    { name: 'the default, microseconds', option: null, units: 1_500_000n, ns: 1_500_000_000n },
    { name: '10^-9', option: 9, units: 1_795_347_034_061_564_559n, ns: 1_795_347_034_061_564_559n },
    { name: '10^-3', option: 3, units: 1_500n, ns: 1_500_000_000n },
    { name: '10^-12, cut', option: 12, units: 1_500_000_000_999n, ns: 1_500_000_000n },
    { name: '10^0', option: 0, units: 7n, ns: 7_000_000_000n },
    { name: '2^-10', option: 0x80 + 10, units: 1536n, ns: 1_500_000_000n },
    { name: '2^-30, cut', option: 0x80 + 30, units: (3n << 30n) + 1n, ns: 3_000_000_000n },
  ])('time resolution $name', async ({ option, units, ns }) => {
    const description = make.description(1, option === null ? [] : [[TSRESOL, Uint8Array.of(option)]]);
    const { capture } = await readAny(concat(make.section(), description, make.enhanced(0, units, frame)));
    expect(timesOf(capture)).toEqual([ns]);
  });

  it.each([100, -100])('time offset %i', async (seconds) => {
    const description = make.description(1, [[TSOFFSET, n64(BigInt(seconds), littleEndian)]]);
    const { capture } = await readAny(concat(make.section(), description, make.enhanced(0, 200_000_001n, frame)));
    expect(timesOf(capture)).toEqual([(200n + BigInt(seconds)) * 1_000_000_000n + 1000n]);
  });

  it('interfaces of their own link type and resolution, options of every length', async () => {
    const file = concat(
      make.section(),
      make.description(1, [
        [2, new TextEncoder().encode('eth0')],
        [TSRESOL, Uint8Array.of(9)],
      ]),
      make.description(113, [[2, new TextEncoder().encode('any!!')]]),
      make.description(147),
      make.enhanced(1, 2_000_000n, cooked(ipv6(vrrp3()), [[0x8100, 4]])),
      make.enhanced(0, 3_000_000_000n, frame, [[1, new TextEncoder().encode('a comment')]]),
      make.enhanced(2, 4_000_000n, frame),
      make.enhanced(3, 5_000_000n, frame),
    );
    const { capture, counts } = await readAny(file);
    expect(timesOf(capture)).toEqual([2_000_000_000n, 3_000_000_000n]);
    expect(capture.advertisements.map(({ packet }) => packet)).toEqual([1, 2]);
    expect(capture.records).toBe(3);
    expect(counts).toEqual({ capture_unsupported_link: 1, capture_unknown_interface: 1 });
  });

  it('a second section, of the other byte order, with interfaces of its own', async () => {
    const other = pcapngBlocks(!littleEndian);
    const file = concat(
      start,
      make.enhanced(0, 1_000_000n, frame),
      other.section(),
      other.description(113),
      other.block(0x0bad, new Uint8Array(400)),
      other.enhanced(0, 2_000_000n, cooked(ipv4(vrrp2()))),
    );
    const { capture, counts } = await readAny(file);
    expect(timesOf(capture)).toEqual([1_000_000_000n, 2_000_000_000n]);
    expect(counts).toEqual({});
  });

  it('old packet blocks', async () => {
    const { capture } = await readAny(
      concat(start, make.old(0, 0xffff, 1_000_000n, frame), make.old(0, 0xffff, 2_000_001n, frame6)),
    );
    expect(timesOf(capture)).toEqual([1_000_000_000n, 2_000_001_000n]);
    expect(capture.loss).toEqual({ known: false, dropped: 0 });
  });

  it('simple packet blocks are refused: they have no time', async () => {
    const reading = readAny(concat(start, make.enhanced(0, 1n, frame), make.simple(frame)));
    await expect(reading).rejects.toThrow(
      /^input, byte \d+: a simple packet block has no time; record again .* or convert/,
    );
  });

  describe('loss', () => {
    const packet = (units: bigint, drops?: number, interfaceId = 0) =>
      make.enhanced(interfaceId, units, frame, drops === undefined ? [] : [[4, make.count(drops)]]);
    const loss = async (...blocks: Uint8Array[]) => (await readAny(concat(start, ...blocks))).capture.loss;

    it('unknown when nothing tells', async () => {
      expect(await loss(packet(1n), make.statistics(0, [[4, make.count(1)]]))).toEqual({ known: false, dropped: 0 });
    });
    it('of the newest statistics block, interface and system together', async () => {
      const old = make.statistics(0, [[5, make.count(1)]]);
      const list = [
        [4, make.count(90)],
        [5, make.count(3)],
        [7, make.count(4)],
      ] as const;
      expect(await loss(packet(1n), old, make.statistics(0, list))).toEqual({ known: true, dropped: 7, offered: 90 });
    });
    it('none, when the statistics say so', async () => {
      expect(await loss(packet(1n), make.statistics(0, [[5, make.count(0)]]))).toEqual({ known: true, dropped: 0 });
    });
    it('packet by packet', async () => {
      expect(await loss(packet(1n, 0), packet(2n, 5), packet(3n, 2))).toEqual({ known: true, dropped: 7 });
    });
    it('the larger of both accounts', async () => {
      expect(await loss(packet(1n, 5), make.statistics(0, [[7, make.count(4)]]))).toEqual({ known: true, dropped: 5 });
    });
    it('of old packet blocks', async () => {
      expect(await loss(make.old(0, 6, 1n, frame), make.old(0, 0xffff, 2n, frame))).toEqual({
        known: true,
        dropped: 6,
      });
    });
    it('of several interfaces: the sum; unknown when one that has packets is silent and no loss is known', async () => {
      const second = make.description();
      const none = make.statistics(0, [[5, make.count(0)]]);
      const some = make.statistics(1, [[5, make.count(2)]]);
      expect(await loss(second, packet(1n), none, packet(2n, undefined, 1))).toEqual({ known: false, dropped: 0 });
      expect(await loss(second, packet(1n), none)).toEqual({ known: true, dropped: 0 });
      expect(await loss(second, packet(1n), none, packet(2n, undefined, 1), some)).toEqual({ known: true, dropped: 2 });
    });
  });

  describe('files that are not whole', () => {
    const packet = make.enhanced(0, 1_000_000n, frame);
    const edited = (block: Uint8Array, at: number, value: number): Uint8Array => {
      const copy = block.slice();
      new DataView(copy.buffer).setUint32(at, value, littleEndian);
      return copy;
    };

    it('counts a cut last block, passed over or not', async () => {
      for (const cut of [
        packet.subarray(0, -1),
        make.block(0x0bad, new Uint8Array(99 * 4)).subarray(0, 300),
        packet.subarray(0, 5),
      ]) {
        const { capture, counts } = await readAny(concat(start, packet, cut));
        expect(capture.records).toBe(1);
        expect(counts).toEqual({ capture_cut_record: 1 });
      }
    });

    it.each([
      { name: 'a length of zero', block: edited(packet, 4, 0) },
      { name: 'a length that is not a multiple of 4', block: edited(packet, 4, 61) },
      { name: 'an enormous length', block: edited(packet, 4, 0xfffffff0) },
      { name: 'lengths that differ', block: edited(packet, packet.length - 4, packet.length + 4) },
      { name: 'a packet longer than its block', block: edited(packet, 20, 5000) },
    ])('$name: stops, or refuses where nothing was read', async ({ block }) => {
      const { capture, counts } = await readAny(concat(start, packet, block, packet));
      expect(capture.records).toBe(1);
      expect(counts).toEqual({ capture_corrupt: 1 });
      await expect(readAny(concat(start, block, packet))).rejects.toThrow(
        new RegExp(`^input, byte ${start.length}: a block has `),
      );
    });

    it('refuses a file of link types that are not supported', async () => {
      const reading = readAny(concat(make.section(), make.description(147), packet));
      await expect(reading).rejects.toThrow(/^input: link type 147 is not supported; /);
    });

    it('says where an empty or cut file ends', async () => {
      await expect(readAs('pcapng', new Uint8Array(0))).rejects.toThrow(/^input, byte 0: the file is empty; /);
      await expect(readAs('pcapng', make.section().subarray(0, 15))).rejects.toThrow(
        /^input, byte 0: the file ends inside its header; /,
      );
      await expect(readAs('pcapng', packet)).rejects.toThrow(/^input, byte 0: a block has no section header; /);
    });
  });
});
