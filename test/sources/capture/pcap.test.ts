import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.js';
import {
  authenticated,
  concat,
  cooked,
  cooked2,
  ethernet,
  ethernetOf,
  extension,
  fragment6,
  ipv4,
  ipv6,
  loopback,
  pcap,
  pcapHeader,
  pcapRecord,
  routing,
  vrrp2,
  vrrp3,
} from './packet-builder.js';
import { contentOf, readAny, readAs, timesOf } from './reading.js';

const V4 = {
  family: 'ipv4',
  version: 2,
  vrid: 42,
  priority: 191,
  source: '10.0.0.91',
  destination: '224.0.0.18',
  intervalNs: 10_000_000_000,
  ipId: 4660,
};
const V6 = {
  family: 'ipv6',
  version: 3,
  vrid: 44,
  priority: 191,
  source: 'fe80::1',
  destination: 'ff02::12',
  intervalNs: 10_000_000_000,
  ipId: null,
};

const one = (frame: Uint8Array, cutTo?: number) => ({
  seconds: 1_795_347_034,
  fraction: 1,
  frame,
  ...(cutTo === undefined ? {} : { cutTo }),
});

describe('byte orders and resolutions', () => {
  it.each([
    { littleEndian: true, nanoseconds: false, unit: 1000n },
    { littleEndian: false, nanoseconds: false, unit: 1000n },
    { littleEndian: true, nanoseconds: true, unit: 1n },
    { littleEndian: false, nanoseconds: true, unit: 1n },
  ])('littleEndian $littleEndian, nanoseconds $nanoseconds', async ({ unit, ...options }) => {
    const packets = [
      { seconds: 4_294_967_290, fraction: 999_999, frame: ethernet(ipv4(vrrp2())) },
      { seconds: 4_294_967_291, fraction: 0, frame: ethernet(ipv6(vrrp3())) },
    ];
    const { capture, counts } = await readAny(pcap(packets, options));
    expect(capture.format).toBe('pcap');
    expect(timesOf(capture)).toEqual([4_294_967_290_000_000_000n + 999_999n * unit, 4_294_967_291_000_000_000n]);
    expect(capture.advertisements.map(contentOf)).toEqual([V4, V6]);
    expect(capture.advertisements.map(({ packet }) => packet)).toEqual([1, 2]);
    expect(capture.loss).toEqual({ known: false, dropped: 0 });
    expect(counts).toEqual({});
  });
});

const TAGS = {
  none: [],
  '802.1Q': [[0x8100, 10]],
  '802.1ad': [
    [0x88a8, 5],
    [0x8100, 10],
  ],
  'the older outer tag': [
    [0x9100, 5],
    [0x8100, 10],
  ],
  'three deep': [
    [0x88a8, 5],
    [0x8100, 10],
    [0x8100, 11],
  ],
} as const;

const FRAMES: { name: string; linkType: number; frame: (packet: Uint8Array) => Uint8Array }[] = [
  ...Object.entries(TAGS).flatMap(([name, tags]) => [
    { name: `EN10MB, tags: ${name}`, linkType: 1, frame: (packet: Uint8Array) => ethernet(packet, tags) },
    { name: `LINUX_SLL, tags: ${name}`, linkType: 113, frame: (packet: Uint8Array) => cooked(packet, tags) },
    { name: `LINUX_SLL2, tags: ${name}`, linkType: 276, frame: (packet: Uint8Array) => cooked2(packet, tags) },
  ]),
  ...[12, 14, 101].map((linkType) => ({ name: `RAW ${linkType}`, linkType, frame: (packet: Uint8Array) => packet })),
  { name: 'NULL, little-endian', linkType: 0, frame: (packet) => loopback(packet, true) },
  { name: 'NULL, big-endian', linkType: 0, frame: (packet) => loopback(packet, false) },
  { name: 'LOOP', linkType: 108, frame: (packet) => loopback(packet, false) },
  { name: 'Ethernet with a frame check sequence', linkType: 1 + 0x24000000, frame: (packet) => ethernet(packet) },
];

describe('link types', () => {
  it.each(FRAMES)('$name', async ({ linkType, frame }) => {
    for (const littleEndian of [true, false]) {
      const file = pcap([one(frame(ipv4(vrrp2()))), one(frame(ipv6(vrrp3())))], { linkType, littleEndian });
      const { capture, counts } = await readAny(file);
      expect(capture.advertisements.map(contentOf)).toEqual([V4, V6]);
      expect(counts).toEqual({});
    }
  });

  it.each([
    { linkType: 228, packet: ipv4(vrrp2()), expected: V4 },
    { linkType: 229, packet: ipv6(vrrp3()), expected: V6 },
  ])('IPv4 or IPv6 alone: $linkType', async ({ linkType, packet, expected }) => {
    const { capture } = await readAny(pcap([one(packet)], { linkType }));
    expect(capture.advertisements.map(contentOf)).toEqual([expected]);
  });

  it('refuses others, naming them', async () => {
    const reading = readAny(pcap([one(ipv4(vrrp2()))], { linkType: 105 }));
    await expect(reading).rejects.toThrow(/^input, byte 20: link type 105 is not supported; .*Ethernet/);
  });
});

describe('IP', () => {
  const v4 = (changed: Partial<typeof V4> = {}) => ({ ...V4, ...changed });
  it.each([
    { name: 'options', packet: ipv4(vrrp2(), { options: Uint8Array.of(0x94, 4, 0, 0) }), expected: V4 },
    { name: 'an authentication header', packet: ipv4(authenticated(vrrp2()), { protocol: 51 }), expected: V4 },
    { name: 'the first fragment', packet: ipv4(vrrp2(), { fragment: 0x2000 }), expected: V4 },
    { name: 'another id', packet: ipv4(vrrp2(), { id: 65535 }), expected: v4({ ipId: 65535 }) },
    { name: 'unicast', packet: ipv4(vrrp2(), { to: '10.0.0.92' }), expected: v4({ destination: '10.0.0.92' }) },
    {
      name: 'version 3',
      packet: ipv4(vrrp3({ centiseconds: 25, vrid: 42 })),
      expected: v4({ version: 3, intervalNs: 250_000_000 }),
    },
    {
      name: 'the largest version 3 interval',
      packet: ipv4(vrrp3({ centiseconds: 0xf000 + 4095, vrid: 42 })),
      expected: v4({ version: 3, intervalNs: 40_950_000_000 }),
    },
    { name: 'priority zero', packet: ipv4(vrrp2({ priority: 0 })), expected: v4({ priority: 0 }) },
    { name: 'an interval of zero', packet: ipv4(vrrp2({ seconds: 0 })), expected: { ...V4, intervalNs: null } },
    { name: 'IPv6 hop-by-hop options', packet: ipv6(extension(vrrp3()), { next: 0 }), expected: V6 },
    { name: 'IPv6 destination options', packet: ipv6(extension(vrrp3()), { next: 60 }), expected: V6 },
    { name: 'IPv6 routing', packet: ipv6(routing(vrrp3()), { next: 43 }), expected: V6 },
    { name: 'IPv6 first fragment', packet: ipv6(fragment6(vrrp3()), { next: 44 }), expected: V6 },
    { name: 'IPv6 authentication', packet: ipv6(authenticated(vrrp3()), { next: 51 }), expected: V6 },
    {
      name: 'IPv6 options before authentication',
      packet: ipv6(extension(authenticated(vrrp3()), 51), { next: 0 }),
      expected: V6,
    },
  ])('reads through $name', async ({ packet, expected }) => {
    const { capture, counts } = await readAny(pcap([one(ethernet(packet))]));
    expect(capture.advertisements.map(contentOf)).toEqual([expected]);
    expect(counts).toEqual({});
  });

  it('does not take link padding for the message', async () => {
    const padded = concat(ethernet(ipv4(vrrp2().subarray(0, 4))), new Uint8Array(40).fill(9));
    const { capture, counts } = await readAny(pcap([one(padded)]));
    expect(capture.advertisements).toEqual([]);
    expect(counts).toEqual({ vrrp_truncated: 1 });
  });

  it.each([
    { name: 'later fragments', packet: ipv4(vrrp2(), { fragment: 3 }), counted: { vrrp_later_fragment: 1 } },
    {
      name: 'fragments far from the first',
      packet: ipv4(vrrp2(), { fragment: 0x1000 }),
      counted: { vrrp_later_fragment: 1 },
    },
    {
      name: 'later IPv6 fragments',
      packet: ipv6(fragment6(vrrp3(), 2), { next: 44 }),
      counted: { vrrp_later_fragment: 1 },
    },
    { name: 'other versions', packet: ipv4(vrrp2({ version: 4 })), counted: { vrrp_other_version: 1 } },
    { name: 'other types', packet: ipv4(vrrp2({ type: 2 })), counted: { vrrp_other_type: 1 } },
    { name: 'short messages', packet: ipv4(vrrp2().subarray(0, 5)), counted: { vrrp_truncated: 1 } },
    { name: 'empty messages', packet: ipv4(new Uint8Array(0)), counted: { vrrp_truncated: 1 } },
    { name: 'other protocols', packet: ipv4(vrrp2(), { protocol: 17 }), counted: {} },
    { name: 'tunnels', packet: ipv4(ipv4(vrrp2()), { protocol: 4 }), counted: {} },
  ])('keeps nothing of $name', async ({ packet, counted }) => {
    const { capture, counts } = await readAny(pcap([one(ethernet(packet))]));
    expect(capture.advertisements).toEqual([]);
    expect(capture.records).toBe(1);
    expect(counts).toEqual(counted);
  });

  it('counts packets that are cut before they say what they are', async () => {
    const frame = ethernet(ipv4(vrrp2()));
    const { capture, counts } = await readAny(
      pcap([one(frame, 13), one(frame, 20), one(frame, 33), one(ethernetOf(0x806, frame), 14)]),
    );
    expect(capture.records).toBe(4);
    expect(counts).toEqual({ capture_headers_cut: 3 });
  });
});

describe('files that are not whole', () => {
  const record = pcapRecord(one(ethernet(ipv4(vrrp2()))));

  it('an empty capture is a capture', async () => {
    const { capture, counts } = await readAny(pcap([]));
    expect(capture).toEqual({
      format: 'pcap',
      clock: 'epoch',
      baseNs: 0n,
      advertisements: [],
      records: 0,
      first: null,
      last: null,
      loss: { known: false, dropped: 0 },
    });
    expect(counts).toEqual({});
  });

  it('says where an empty or cut file ends', async () => {
    await expect(readAs('pcap', new Uint8Array(0))).rejects.toThrow(/^input, byte 0: the file is empty; /);
    await expect(readAs('pcap', pcapHeader().subarray(0, 23))).rejects.toThrow(
      /^input, byte 23: the file ends inside its header; /,
    );
  });

  it('counts a cut last record', async () => {
    const { capture, counts, counters } = await readAny(concat(pcapHeader(), record, record.subarray(0, -1)));
    expect(capture.records).toBe(1);
    expect(counts).toEqual({ capture_cut_record: 1 });
    expect(counters.list()[0]?.severity).toBe('notice');
  });

  it.each([
    { name: 'length', at: 8, value: 0xffffffff },
    { name: 'time', at: 4, value: 1_000_000 },
  ])('stops at an impossible $name, and refuses a file that begins with one', async ({ at, value }) => {
    const broken = record.slice();
    new DataView(broken.buffer).setUint32(at, value, true);
    const { capture, counts } = await readAny(concat(pcapHeader(), record, broken, record));
    expect(capture.records).toBe(1);
    expect(counts).toEqual({ capture_corrupt: 1 });
    const reading = readAny(concat(pcapHeader(), broken, record));
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(/^input, byte 24: /);
  });

  it('believes a snapshot length above the usual', async () => {
    const frame = concat(ethernet(ipv4(vrrp2())), new Uint8Array(300_000));
    const { capture } = await readAny(pcap([one(frame)], { snapshot: 400_000 }));
    expect(capture.advertisements).toHaveLength(1);
  });
});

it('counts advertisements a double cannot place', async () => {
  const frame = ethernet(ipv4(vrrp2()));
  const far = 200 * 86_400;
  const times = [far, far + 1, 0].map((seconds) => ({ seconds, fraction: 0, frame }));
  const { capture, counts } = await readAny(pcap(times));
  expect(timesOf(capture)).toEqual([BigInt(far) * 1_000_000_000n, BigInt(far + 1) * 1_000_000_000n]);
  expect(counts).toEqual({ capture_time_out_of_range: 1 });
});

it('tells the earliest and latest time of all packets, in whatever order', async () => {
  const frame = ethernetOf(0x806, new Uint8Array(28));
  const times = [20, 30, 10].map((seconds) => ({ seconds, fraction: 5, frame }));
  const { capture } = await readAny(pcap(times));
  expect(capture.records).toBe(3);
  expect(Number(capture.baseNs) + capture.first!).toBe(10_000_005_000);
  expect(Number(capture.baseNs) + capture.last!).toBe(30_000_005_000);
});
