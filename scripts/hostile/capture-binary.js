// @ts-check
import {
  authenticated,
  cooked,
  cooked2,
  ethernet,
  fill,
  ipv4,
  ipv6,
  join,
  ordered,
  vrrp2,
  vrrp3,
} from './capture-packets.js';

/** @typedef {import('./captures.js').HostileCapture} HostileCapture */

const CUT = 'capture_cut_record';
const CORRUPT = 'capture_corrupt';
const HEADERS_CUT = 'capture_headers_cut';
const TRUNCATED = 'vrrp_truncated';
const LATER = 'vrrp_later_fragment';
const CHECKSUM = 'vrrp_bad_checksum';

/** @param {number} value */
const le32 = (value) => ordered(BigInt(value), 4, true);

/** @param {{ magic?: number, snaplen?: number, link?: number }} [of] */
const header = ({ magic = 0xa1b2c3d4, snaplen = 262_144, link = 1 } = {}) =>
  join(le32(magic), [2, 0, 4, 0], fill(8), le32(snaplen), le32(link));

/** @param {Uint8Array} frame @param {{ seconds?: number, fraction?: number, captured?: number, length?: number }} [of] */
const record = (frame, { seconds = 1_795_347_034, fraction = 7, captured, length } = {}) =>
  join(le32(seconds), le32(fraction), le32(captured ?? frame.length), le32(length ?? frame.length), frame);

const frame2 = ethernet(ipv4(vrrp2()));
const frame6 = ethernet(ipv6(vrrp3({ bytes: 16 })));
const good = record(frame2);

/** @param {string} name @param {Uint8Array} bytes @param {number} advertisements @param {Record<string, number>} [counters] @returns {HostileCapture} */
const reads = (name, bytes, advertisements, counters = {}) => ({ name, bytes, expect: { counters, advertisements } });
/** @param {string} name @param {Uint8Array} bytes @param {string} refusal @returns {HostileCapture} */
const refuses = (name, bytes, refusal) => ({ name, bytes, expect: { refusal } });
/** @param {string} name @param {Uint8Array} frame @param {number} advertisements @param {Record<string, number>} [counters] @param {number} [link] */
const one = (name, frame, advertisements, counters = {}, link = 1) =>
  reads(`pcap: ${name}`, join(header({ link }), record(frame)), advertisements, counters);

/** Every length to which a snapshot can cut a packet. */
const snapshots = () =>
  [
    { what: 'version 2 over IPv4', packet: ipv4(vrrp2()), ip: 20 },
    { what: 'version 3 over IPv4', packet: ipv4(vrrp3()), ip: 20 },
    { what: 'version 2 over IPv6', packet: ipv6(vrrp2()), ip: 40 },
    { what: 'version 3 over IPv6', packet: ipv6(vrrp3({ bytes: 16 })), ip: 40 },
  ].flatMap(({ what, packet, ip }) => {
    const frame = ethernet(packet);
    return Array.from({ length: frame.length }, (_, length) => {
      const file = join(header(), record(frame.subarray(0, length), { length: frame.length }));
      const counters = length < 14 + ip ? { [HEADERS_CUT]: 1 } : length < 14 + ip + 6 ? { [TRUNCATED]: 1 } : {};
      return reads(`pcap: ${what}, cut to ${length} bytes`, file, length < 14 + ip + 6 ? 0 : 1, counters);
    });
  });

/** Every place at which a file of two packets can end. */
const fileCuts = () => {
  const whole = join(header(), good, good);
  const first = header().length + good.length;
  return Array.from({ length: whole.length - 4 }, (_, i) => {
    const length = i + 4;
    const bytes = whole.subarray(0, length);
    const name = `pcap: the file ends at byte ${length}`;
    if (length < header().length) return refuses(name, bytes, `input, byte ${length}: the file ends inside its header`);
    const isBetween = length === header().length || length === first;
    return reads(name, bytes, length < first ? 0 : 1, isBetween ? {} : { [CUT]: 1 });
  });
};

const fields = () => [
  ...[0, 255].flatMap((count) => [
    one(`version 2, count ${count}`, ethernet(ipv4(vrrp2({ count }))), 1),
    one(`version 3, count ${count}`, ethernet(ipv4(vrrp3({ count }))), 1),
    one(`version 3 over IPv6, count ${count}`, ethernet(ipv6(vrrp3({ count, bytes: 16 }))), 1),
  ]),
  ...[0, 1, 64, 254].map((ttl) => one(`TTL ${ttl}`, ethernet(ipv4(vrrp2(), { ttl })), 1)),
  ...[0, 3, 255].map((auth) => one(`authentication ${auth}`, ethernet(ipv4(vrrp2({ auth }))), 1)),
  one('router 0', ethernet(ipv4(vrrp2({ vrid: 0 }))), 1),
  one('an interval of 0 s', ethernet(ipv4(vrrp2({ seconds: 0 }))), 1),
  one('an interval of 0 cs', ethernet(ipv4(vrrp3({ units: 0 }))), 1),
  one('reserved bits beside the interval', ethernet(ipv4(vrrp3({ units: 0xffff }))), 1),
  ...[0, 1, 4, 15].map((version) =>
    one(`version ${version}`, ethernet(ipv4(vrrp2({ head: version * 16 + 1 }))), 0, { vrrp_other_version: 1 }),
  ),
  ...[0, 2, 15].map((type) =>
    one(`type ${type}`, ethernet(ipv4(vrrp2({ head: 0x20 + type }))), 0, { vrrp_other_type: 1 }),
  ),
  one('trailing padding', join(frame2, fill(900, 0x41)), 1),
  one('no bytes of the message', ethernet(ipv4(fill(0))), 0, { [TRUNCATED]: 1 }),
];

const network = () => [
  one('one VLAN tag', ethernet(ipv4(vrrp2()), [0x8100]), 1),
  one('QinQ', ethernet(ipv4(vrrp2()), [0x88a8, 0x8100]), 1),
  one('300 VLAN tags', ethernet(ipv4(vrrp2()), Array(300).fill(0x8100)), 1),
  one('VLAN tags to the end', ethernet(fill(0), Array(300).fill(0x8100)).subarray(0, -2), 0, { [HEADERS_CUT]: 1 }),
  one('LINUX_SLL', cooked(ipv4(vrrp2())), 1, {}, 113),
  one('LINUX_SLL, cut in its header', cooked(ipv4(vrrp2())).subarray(0, 15), 0, { [HEADERS_CUT]: 1 }, 113),
  one('LINUX_SLL2', cooked2(ipv4(vrrp2())), 1, {}, 276),
  one('LINUX_SLL2, cut in its header', cooked2(ipv4(vrrp2())).subarray(0, 19), 0, { [HEADERS_CUT]: 1 }, 276),
  one('NULL of an unknown family', join([99, 0, 0, 0], ipv4(vrrp2())), 0, {}, 0),
  one('NULL of four bytes', Uint8Array.of(2, 0, 0, 0), 0, { [HEADERS_CUT]: 1 }, 0),
  one('RAW without a byte', fill(0), 0, { [HEADERS_CUT]: 1 }, 101),
  one('RAW of IP version 5', ipv4(vrrp2(), { first: 0x55 }), 0, {}, 101),
  one('a first fragment', ethernet(ipv4(vrrp2(), { fragment: 0x2000 })), 1),
  one('a later fragment', ethernet(ipv4(vrrp2(), { fragment: 1 })), 0, { [LATER]: 1 }),
  one('the last fragment there can be', ethernet(ipv4(vrrp2(), { fragment: 0x1fff })), 0, { [LATER]: 1 }),
  one('an IP header of 16 bytes', ethernet(ipv4(vrrp2(), { first: 0x44 })), 0),
  one('an IP header longer than the packet', ethernet(ipv4(fill(4), { first: 0x4f })), 0, { [TRUNCATED]: 1 }),
  one('a total length of 0', ethernet(ipv4(vrrp2(), { length: 0 })), 1),
  one('a total length of 19', ethernet(ipv4(vrrp2(), { length: 19 })), 0, { [TRUNCATED]: 1 }),
  one('a total length of 65535', ethernet(ipv4(vrrp2(), { length: 65535 })), 1),
  one('IP options to the full', ethernet(ipv4(vrrp2(), { options: fill(40, 0xff) })), 1),
  one('an authentication header', ethernet(ipv4(authenticated(vrrp2()), { protocol: 51 })), 1),
  one(
    'an authentication header beyond the packet',
    ethernet(ipv4(authenticated(vrrp2(), { words: 255 }), { protocol: 51 })),
    0,
    {
      [TRUNCATED]: 1,
    },
  ),
  one('an authentication header of one byte', ethernet(ipv4(fill(1, 112), { protocol: 51 })), 0, { [HEADERS_CUT]: 1 }),
  one(
    '2000 authentication headers in each other',
    ethernet(
      ipv4(join(...Array.from({ length: 2000 }, () => authenticated(fill(0), { next: 51 })), authenticated(vrrp2())), {
        protocol: 51,
      }),
    ),
    1,
  ),
  one('an IPv6 payload length of 0', ethernet(ipv6(vrrp3({ bytes: 16 }), { length: 0 })), 1),
  one('an IPv6 payload length of 65535', ethernet(ipv6(vrrp3({ bytes: 16 }), { length: 65535 })), 1),
  one(
    'IPv6 of version 4',
    ethernet(ipv6(vrrp3(), { first: 0x60 })).map((byte, i) => (i === 14 ? 0x40 : byte)),
    0,
  ),
  one('5000 IPv6 extension headers', ethernet(ipv6(join(fill(8 * 5000), [112], fill(7), vrrp3()), { next: 0 })), 1, {
    [CHECKSUM]: 1,
  }),
  one('version 2 with a wrong checksum', ethernet(ipv4(vrrp2({ wrong: 1 }))), 1, { [CHECKSUM]: 1 }),
  one('version 3 with a wrong checksum', ethernet(ipv4(vrrp3({ wrong: 1 }))), 1, { [CHECKSUM]: 1 }),
  one('version 3 over IPv6 with a wrong checksum', ethernet(ipv6(vrrp3({ bytes: 16, wrong: 1 }))), 1, {
    [CHECKSUM]: 1,
  }),
  one('a wrong checksum in a first fragment', ethernet(ipv4(vrrp2({ wrong: 1 }), { fragment: 0x2000 })), 1),
  one('IPv6 extension headers to the end', ethernet(ipv6(fill(800), { next: 0 })), 0, { [HEADERS_CUT]: 1 }),
  one('an IPv6 extension header beyond the packet', ethernet(ipv6(join([112, 255], fill(6)), { next: 0 })), 0, {
    [TRUNCATED]: 1,
  }),
  one('a later IPv6 fragment', ethernet(ipv6(join([112, 0, 0, 8], fill(4), vrrp3()), { next: 44 })), 0, { [LATER]: 1 }),
  one('an IPv6 fragment header of three bytes', ethernet(ipv6(Uint8Array.of(112, 0, 0), { next: 44 })), 0, {
    [HEADERS_CUT]: 1,
  }),
];

const IMPOSSIBLE = 'input, byte 24: the first record has an impossible length or time';

const records = () => [
  refuses('pcap: link type 147', join(header({ link: 147 }), good), 'input, byte 20: link type 147 is not supported'),
  refuses(
    'pcap: link type 65535',
    join(header({ link: 0xffff }), good),
    'input, byte 20: link type 65535 is not supported',
  ),
  refuses('pcap: an unknown magic number', join(header({ magic: 0xa1b2cd34 }), good), 'not recognised'),
  refuses('pcap: three bytes', header().subarray(0, 3), 'not recognised'),
  refuses('no bytes', fill(0), 'not recognised'),
  reads('pcap: no packet', header(), 0),
  reads('pcap: a snapshot length of 0', join(header({ snaplen: 0 }), good), 1),
  reads('pcap: a snapshot length of 2^32-1', join(header({ snaplen: 0xffffffff }), good), 1),
  refuses('pcap: a first record of 2^32-1 bytes', join(header(), record(frame2, { captured: 0xffffffff })), IMPOSSIBLE),
  refuses(
    'pcap: a first record of 2^31 bytes',
    join(header({ snaplen: 0xffffffff }), record(frame2, { captured: 2 ** 31 })),
    IMPOSSIBLE,
  ),
  reads(
    'pcap: a first record of 128 MiB in a small file',
    join(header({ snaplen: 0xffffffff }), record(frame2, { captured: 2 ** 27 })),
    0,
    {
      [CUT]: 1,
    },
  ),
  reads(
    'pcap: a second record of 2^32-1 bytes',
    join(header(), good, record(frame2, { captured: 0xffffffff }), good),
    1,
    { [CORRUPT]: 1 },
  ),
  reads('pcap: more captured than there was', join(header(), record(frame2, { length: 3 })), 1),
  reads('pcap: a record of no bytes', join(header(), record(fill(0)), good), 1, { [HEADERS_CUT]: 1 }),
  refuses('pcap: a million microseconds', join(header(), record(frame2, { fraction: 1_000_000 })), IMPOSSIBLE),
  reads('pcap: a million microseconds, later', join(header(), good, record(frame2, { fraction: 1_000_000 })), 1, {
    [CORRUPT]: 1,
  }),
  refuses(
    'pcap: 2^32-1 nanoseconds',
    join(header({ magic: 0xa1b23c4d }), record(frame2, { fraction: 0xffffffff })),
    IMPOSSIBLE,
  ),
  reads('pcap: the time 0', join(header(), record(frame2, { seconds: 0, fraction: 0 })), 1),
  reads('pcap: the last time there is', join(header(), record(frame2, { seconds: 0xffffffff, fraction: 999_999 })), 1),
  reads('pcap: equal times', join(header(), good, good, good), 3),
  reads('pcap: times backwards', join(header(), good, record(frame2, { seconds: 1_795_347_000 })), 2),
  reads(
    'pcap: from the first time to the last',
    join(header(), record(frame2, { seconds: 0 }), record(frame2, { seconds: 0xffffffff })),
    1,
    {
      capture_time_out_of_range: 1,
    },
  ),
  // The next record's length is then read one byte off, and is more than the file has.
  reads('pcap: a byte of rubbish between records', join(header(), good, fill(1, 0xff), good), 1, { [CUT]: 1 }),
  ...[4, 15, 16, 17, 64].map((length) =>
    reads(`pcap: ${length} bytes of rubbish between records`, join(header(), good, fill(length, 0xff), good), 1, {
      [CORRUPT]: 1,
    }),
  ),
  reads('pcap: zeros to the end, as a crash leaves', join(header(), good, fill(16 * 100)), 1, { [HEADERS_CUT]: 100 }),
  // Its header reads as a record of no bytes, and as half of one.
  reads('pcap: another file behind', join(header(), good, header(), good), 1, { [HEADERS_CUT]: 1, [CORRUPT]: 1 }),
  reads('pcap: IPv6 and IPv4 in one', join(header(), good, record(frame6)), 2),
];

/** @returns {HostileCapture[]} */
export const pcapCaptures = () => [...snapshots(), ...fileCuts(), ...fields(), ...network(), ...records()];
