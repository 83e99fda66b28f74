// @ts-check
/** Packets, built byte by byte and apart from what reads them, so that a mistake in one is none in the other. */

/** @param {readonly (Uint8Array | readonly number[])[]} parts */
export const join = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));

/** @param {number} value */
const u16 = (value) => [(value >> 8) & 255, value & 255];

/** @param {number} length @param {number} [byte] */
export const fill = (length, byte = 0) => new Uint8Array(length).fill(byte);

const PASSWORD = Buffer.from('hush-pw!');

/** RFC 1071, over some bytes, and a sum of others. @param {Uint8Array} bytes @param {number} [others] */
const sumOf = (bytes, others = 0) => {
  let sum = others;
  for (let at = 0; at < bytes.length; at += 2) sum += 256 * (bytes[at] ?? 0) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
};

/** A message with its checksum. @param {Uint8Array} message @param {number} [others] @param {number} [wrong] added to it */
const checked = (message, others = 0, wrong = 0) => {
  const out = Uint8Array.from(message);
  out.fill(0, 6, 8);
  out.set(u16(((sumOf(out, others) ^ 0xffff) + wrong) & 0xffff), 6);
  return out;
};

/** @param {{ head?: number, vrid?: number, priority?: number, count?: number, auth?: number, seconds?: number, addresses?: number, wrong?: number }} [of] */
export const vrrp2 = ({
  head = 0x21,
  vrid = 42,
  priority = 191,
  count = 1,
  auth = 1,
  seconds = 1,
  addresses = 1,
  wrong = 0,
} = {}) =>
  checked(join([head, vrid, priority, count, auth, seconds, 0, 0], fill(4 * addresses, 10), PASSWORD), 0, wrong);

/**
 * Its checksum leaves out the pseudo header, as some senders do; {@link ipv6} puts it in.
 *
 * @param {{ head?: number, vrid?: number, priority?: number, count?: number, units?: number, bytes?: number, wrong?: number }} [of]
 */
export const vrrp3 = ({ head = 0x31, vrid = 44, priority = 191, count = 1, units = 100, bytes = 4, wrong = 0 } = {}) =>
  checked(join([head, vrid, priority, count], u16(units), [0, 0], fill(bytes, 7)), 0, wrong);

/**
 * @param {Uint8Array} payload
 * @param {{ first?: number, length?: number, fragment?: number, ttl?: number, protocol?: number, options?: Uint8Array }} [of]
 */
export const ipv4 = (payload, { first, length, fragment = 0, ttl = 255, protocol = 112, options = fill(0) } = {}) =>
  join(
    [first ?? 0x45 + options.length / 4, 0xc0],
    u16(length ?? 20 + options.length + payload.length),
    u16(4660),
    u16(fragment),
    [ttl, protocol, 0, 0, 10, 0, 0, 91, 224, 0, 0, 18],
    options,
    payload,
  );

const IPV6_ADDRESSES = join([0xfe, 0x80], fill(13), [1, 0xff, 0x02], fill(13), [0x12]);

/** @param {Uint8Array} payload @param {{ next?: number, length?: number, first?: number }} [of] */
export const ipv6 = (payload, { next = 112, length, first = 0x60 } = {}) => {
  const isRight = payload.length >= 8 && sumOf(payload) === 0xffff;
  const message = next === 112 && isRight ? checked(payload, sumOf(IPV6_ADDRESSES) + 112 + payload.length) : payload;
  return join([first, 0, 0, 0], u16(length ?? payload.length), [next, 255], IPV6_ADDRESSES, message);
};

/** An authentication header. @param {Uint8Array} payload @param {{ next?: number, words?: number }} [of] */
export const authenticated = (payload, { next = 112, words = 4 } = {}) => join([next, words], fill(22, 0xaa), payload);

/** @param {Uint8Array} payload @param {readonly number[]} [tags] */
export const ethernet = (payload, tags = []) =>
  join(
    [1, 0, 0x5e, 0, 0, 0x12, 0, 0, 0x5e, 0, 1, 0x2a],
    ...tags.map((tag) => [...u16(tag), 0, 10]),
    u16((payload[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800),
    payload,
  );

/** @param {Uint8Array} payload */
export const cooked = (payload) => join([0, 4, 0, 1, 0, 6, 0, 0, 0x5e, 0, 1, 0x2a, 0, 0, 8, 0], payload);

/** @param {Uint8Array} payload */
export const cooked2 = (payload) => join([8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 0, 0, 0x5e, 0, 1, 0x2a, 0, 0], payload);

/** @param {bigint} value @param {number} bytes @param {boolean} little */
export const ordered = (value, bytes, little) => {
  const big = Array.from({ length: bytes }, (_, i) =>
    Number((BigInt.asUintN(64, value) >> BigInt(8 * (bytes - 1 - i))) & 255n),
  );
  return Uint8Array.from(little ? big.reverse() : big);
};
