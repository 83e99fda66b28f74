/** Builds packets and capture files byte by byte, independently of the readers. */

const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);
const u16 = (value: number): Uint8Array => u8((value >> 8) & 0xff, value & 0xff);
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const ordered = (value: bigint, bytes: number, littleEndian: boolean): Uint8Array => {
  const big = Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 0xffn));
  return Uint8Array.from(littleEndian ? big.reverse() : big);
};
const n16 = (value: number, littleEndian: boolean): Uint8Array => ordered(BigInt(value), 2, littleEndian);
const n32 = (value: number, littleEndian: boolean): Uint8Array => ordered(BigInt(value), 4, littleEndian);
export const n64 = (value: bigint, littleEndian: boolean): Uint8Array =>
  ordered(BigInt.asUintN(64, value), 8, littleEndian);

const PASSWORD = 'hush-pw!';

/** RFC 1071, from a sum of what else is covered. */
const sumOf = (bytes: Uint8Array, others = 0): number => {
  let sum = others;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
};

const withChecksum = (message: Uint8Array, others = 0): Uint8Array => {
  const out = Uint8Array.from(message);
  out.fill(0, 6, 8);
  out.set(u16(sumOf(out, others) ^ 0xffff), 6);
  return out;
};

const ADDRESS_BYTE = 7;

/** A payload that ends in a message of version 3, with the checksum that covers the addresses of its packet, too. */
const coveringAddresses = (payload: Uint8Array, addresses: Uint8Array): Uint8Array => {
  const at = payload.findIndex(
    (byte, i) =>
      byte === 0x31 && payload.length - i >= 12 && payload.subarray(i + 8).every((one) => one === ADDRESS_BYTE),
  );
  if (at < 0) return payload;
  const message = payload.subarray(at);
  return concat(payload.subarray(0, at), withChecksum(message, sumOf(addresses) + 112 + message.length));
};

/** A version 2 advertisement (RFC 2338 form, with 8 bytes of authentication data). */
export const vrrp2 = ({
  vrid = 42,
  priority = 191,
  auth = 1,
  seconds = 10,
  addresses = 1,
  type = 1,
  version = 2,
} = {}) =>
  withChecksum(
    concat(
      u8(version * 16 + type, vrid, priority, addresses, auth, seconds, 0, 0),
      ...Array.from({ length: addresses }, (_, i) => u8(10, 0, 0, i + 1)),
      Buffer.from(PASSWORD),
    ),
  );

/** A version 3 advertisement of one address. */
export const vrrp3 = ({ vrid = 44, priority = 191, centiseconds = 1000, addressBytes = 16 } = {}) =>
  concat(u8(0x31, vrid, priority, 1), u16(centiseconds), u16(0), new Uint8Array(addressBytes).fill(ADDRESS_BYTE));

const octets = (address: string): Uint8Array => Uint8Array.from(address.split('.').map(Number));

export const ipv4 = (
  payload: Uint8Array,
  { protocol = 112, id = 4660, fragment = 0, options = u8(), ttl = 255, source = '10.0.0.91', to = '224.0.0.18' } = {},
): Uint8Array =>
  concat(
    u8(0x40 + 5 + options.length / 4, 0xc0),
    u16(20 + options.length + payload.length),
    u16(id),
    u16(fragment),
    u8(ttl, protocol, 0, 0),
    octets(source),
    octets(to),
    options,
    coveringAddresses(payload, concat(octets(source), octets(to))),
  );

const groups = (address: readonly number[]): Uint8Array => concat(...address.map(u16));
export const LINK_LOCAL = groups([0xfe80, 0, 0, 0, 0, 0, 0, 1]);
const VRRP_GROUP = groups([0xff02, 0, 0, 0, 0, 0, 0, 0x12]);

export const ipv6 = (payload: Uint8Array, { next = 112, source = LINK_LOCAL } = {}): Uint8Array =>
  concat(
    u8(0x60, 0, 0, 0),
    u16(payload.length),
    u8(next, 255),
    source,
    VRRP_GROUP,
    coveringAddresses(payload, concat(source, VRRP_GROUP)),
  );

/** An IPv6 extension header of 8 bytes with a padding option. */
export const extension = (payload: Uint8Array, next = 112): Uint8Array =>
  concat(u8(next, 0, 1, 4, 0, 0, 0, 0), payload);
export const routing = (payload: Uint8Array): Uint8Array => concat(u8(112, 0, 0, 0, 0, 0, 0, 0), payload);
export const fragment6 = (payload: Uint8Array, offset = 0): Uint8Array =>
  concat(u8(112, 0), u16(offset << 3), u8(0, 0, 0, 77), payload);
/** An authentication header with 12 bytes of integrity check value. */
export const authenticated = (payload: Uint8Array, next = 112): Uint8Array =>
  concat(u8(next, 4, 0, 0, 0, 0, 0x12, 0x34, 0, 0, 0, 7), new Uint8Array(12).fill(0xaa), payload);

const IPV4_TYPE = 0x0800;
const IPV6_TYPE = 0x86dd;
const isIpv6 = (packet: Uint8Array): boolean => packet[0]! >> 4 === 6;
const typeOf = (packet: Uint8Array): number => (isIpv6(packet) ? IPV6_TYPE : IPV4_TYPE);

/** `tags` are [tag type, VLAN number], outermost first. */
const tagged = (packet: Uint8Array, tags: readonly (readonly [number, number])[]) => {
  const types = [...tags.map(([tag]) => tag), typeOf(packet)];
  return {
    type: types[0]!,
    payload: concat(...tags.map(([, vlan], i) => concat(u16(vlan), u16(types[i + 1]!))), packet),
  };
};

export const ethernet = (packet: Uint8Array, tags: readonly (readonly [number, number])[] = []): Uint8Array => {
  const { type, payload } = tagged(packet, tags);
  return concat(Buffer.from('01005e00001200005e00012a', 'hex'), u16(type), payload);
};

export const ethernetOf = (type: number, payload: Uint8Array): Uint8Array =>
  concat(Buffer.from('01005e00001200005e00012a', 'hex'), u16(type), payload);

export const cooked = (packet: Uint8Array, tags: readonly (readonly [number, number])[] = []): Uint8Array => {
  const { type, payload } = tagged(packet, tags);
  return concat(u16(4), u16(1), u16(6), Buffer.from('00005e00012a0000', 'hex'), u16(type), payload);
};

export const cooked2 = (packet: Uint8Array, tags: readonly (readonly [number, number])[] = [], interfaceIndex = 1) => {
  const { type, payload } = tagged(packet, tags);
  return concat(
    u16(type),
    u16(0),
    u16(0),
    u16(interfaceIndex),
    u16(1),
    u8(4, 6),
    Buffer.from('00005e00012a0000', 'hex'),
    payload,
  );
};

export const loopback = (packet: Uint8Array, littleEndian: boolean): Uint8Array =>
  concat(n32(isIpv6(packet) ? 24 : 2, littleEndian), packet);

export interface BuiltPacket {
  readonly seconds: number;
  /** In the file's own unit. */
  readonly fraction: number;
  readonly frame: Uint8Array;
  /** Keep only so many bytes, as a snapshot length does. */
  readonly cutTo?: number;
}

export interface PcapOptions {
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  readonly linkType?: number;
  readonly snapshot?: number;
}

export const pcapHeader = ({
  littleEndian = true,
  nanoseconds = false,
  linkType = 1,
  snapshot = 262144,
}: PcapOptions = {}) =>
  concat(
    n32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian),
    n16(2, littleEndian),
    n16(4, littleEndian),
    n32(0, littleEndian),
    n32(0, littleEndian),
    n32(snapshot, littleEndian),
    n32(linkType, littleEndian),
  );

export const pcapRecord = ({ seconds, fraction, frame, cutTo }: BuiltPacket, littleEndian = true): Uint8Array => {
  const kept = frame.subarray(0, cutTo ?? frame.length);
  return concat(
    n32(seconds, littleEndian),
    n32(fraction, littleEndian),
    n32(kept.length, littleEndian),
    n32(frame.length, littleEndian),
    kept,
  );
};

export const pcap = (packets: readonly BuiltPacket[], options: PcapOptions = {}): Uint8Array =>
  concat(pcapHeader(options), ...packets.map((packet) => pcapRecord(packet, options.littleEndian ?? true)));

const pad4 = (bytes: Uint8Array): Uint8Array => concat(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));

export type Option = readonly [code: number, value: Uint8Array];

/** Blocks of pcapng in one byte order. */
export const pcapngBlocks = (littleEndian: boolean) => {
  const block = (type: number, body: Uint8Array): Uint8Array => {
    const length = n32(12 + body.length, littleEndian);
    return concat(n32(type, littleEndian), length, body, length);
  };
  const options = (list: readonly Option[]): Uint8Array =>
    list.length === 0
      ? u8()
      : concat(
          ...list.map(([code, value]) => concat(n16(code, littleEndian), n16(value.length, littleEndian), pad4(value))),
          n32(0, littleEndian),
        );
  const time = (units: bigint) =>
    concat(n32(Number(units >> 32n), littleEndian), n32(Number(units & 0xffffffffn), littleEndian));
  return {
    block,
    count: (value: number) => n64(BigInt(value), littleEndian),
    signed: (value: number) => n64(BigInt(value), littleEndian),
    section: () =>
      block(
        0x0a0d0d0a,
        concat(n32(0x1a2b3c4d, littleEndian), n16(1, littleEndian), n16(0, littleEndian), n64(-1n, littleEndian)),
      ),
    description: (linkType = 1, list: readonly Option[] = []) =>
      block(1, concat(n16(linkType, littleEndian), n16(0, littleEndian), n32(262144, littleEndian), options(list))),
    enhanced: (interfaceId: number, units: bigint, frame: Uint8Array, list: readonly Option[] = []) =>
      block(
        6,
        concat(
          n32(interfaceId, littleEndian),
          time(units),
          n32(frame.length, littleEndian),
          n32(frame.length, littleEndian),
          pad4(frame),
          options(list),
        ),
      ),
    old: (interfaceId: number, drops: number, units: bigint, frame: Uint8Array) =>
      block(
        2,
        concat(
          n16(interfaceId, littleEndian),
          n16(drops, littleEndian),
          time(units),
          n32(frame.length, littleEndian),
          n32(frame.length, littleEndian),
          pad4(frame),
        ),
      ),
    simple: (frame: Uint8Array) => block(3, concat(n32(frame.length, littleEndian), pad4(frame))),
    statistics: (interfaceId: number, list: readonly Option[]) =>
      block(5, concat(n32(interfaceId, littleEndian), time(0n), options(list))),
  };
};
