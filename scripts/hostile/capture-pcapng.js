// @ts-check
import { ethernet, fill, ipv4, join, ordered, vrrp2 } from './capture-packets.js';

/** @typedef {import('./captures.js').HostileCapture} HostileCapture */
/** @typedef {readonly [code: number, value: Uint8Array, length?: number]} Option */

const CUT = 'capture_cut_record';
const CORRUPT = 'capture_corrupt';
const OPTIONS = 'capture_bad_options';
const frame = ethernet(ipv4(vrrp2()));

/** Blocks of one byte order. @param {boolean} little */
const blocksOf = (little) => {
  /** @param {number} value */
  const n16 = (value) => ordered(BigInt(value), 2, little);
  /** @param {number} value */
  const n32 = (value) => ordered(BigInt(value), 4, little);
  /** @param {number} type @param {Uint8Array} body @param {{ length?: number, again?: number }} [of] */
  const block = (type, body, { length = body.length + 12, again = length } = {}) =>
    join(n32(type), n32(length), body, n32(again));
  /** @param {readonly Option[]} list @param {boolean} [isEnded] */
  const options = (list, isEnded = true) =>
    list.length === 0
      ? fill(0)
      : join(
          ...list.map(([code, value, length = value.length]) =>
            join(n16(code), n16(length), value, fill((4 - (value.length % 4)) % 4)),
          ),
          isEnded ? n32(0) : fill(0),
        );
  /** @param {bigint} units */
  const time = (units) =>
    join(n32(Number((BigInt.asUintN(64, units) >> 32n) & 0xffffffffn)), n32(Number(BigInt.asUintN(32, units))));
  return {
    n32,
    block,
    options,
    /** @param {{ magic?: number, version?: number, length?: number }} [of] */
    section: ({ magic = 0x1a2b3c4d, version = 1, length } = {}) =>
      block(0x0a0d0d0a, join(n32(magic), n16(version), n16(0), fill(8, 0xff)), length === undefined ? {} : { length }),
    /** @param {number} [link] @param {readonly Option[]} [list] @param {boolean} [isEnded] */
    description: (link = 1, list = [], isEnded = true) =>
      block(1, join(n16(link), n16(0), n32(262_144), options(list, isEnded))),
    /** @param {{ id?: number, units?: bigint, captured?: number, list?: readonly Option[], length?: number, again?: number, bytes?: Uint8Array }} [of] */
    packet: ({ id = 0, units = 1_000_000n, captured, list = [], bytes = frame, ...lengths } = {}) =>
      block(
        6,
        join(
          n32(id),
          time(units),
          n32(captured ?? bytes.length),
          n32(bytes.length),
          bytes,
          fill((4 - (bytes.length % 4)) % 4),
          options(list),
        ),
        lengths,
      ),
    simple: () => block(3, join(n32(frame.length), frame, fill(2))),
    /** @param {number} id @param {readonly Option[]} list */
    statistics: (id, list) => block(5, join(n32(id), fill(8), options(list))),
    /** @param {bigint} value */
    n64: (value) => ordered(value, 8, little),
  };
};

/** @param {string} name @param {Uint8Array} bytes @param {number} advertisements @param {Record<string, number>} [counters] @returns {HostileCapture} */
const reads = (name, bytes, advertisements, counters = {}) => ({
  name: `pcapng: ${name}`,
  bytes,
  expect: { counters, advertisements },
});
/** @param {string} name @param {Uint8Array} bytes @param {string} refusal @returns {HostileCapture} */
const refuses = (name, bytes, refusal) => ({ name: `pcapng: ${name}`, bytes, expect: { refusal } });

/** Every place at which a file of two packets can end. */
const fileCuts = () => {
  const make = blocksOf(true);
  const parts = [make.section(), make.description(), make.packet(), make.packet({ units: 2_000_000n })];
  const ends = parts.map((_, i) => join(...parts.slice(0, i + 1)).length);
  const whole = join(...parts);
  return Array.from({ length: whole.length - 4 }, (_, i) => {
    const length = i + 4;
    const bytes = whole.subarray(0, length);
    const name = `the file ends at byte ${length}`;
    if (length < 16) return refuses(name, bytes, 'input, byte 0: the file ends inside its header');
    const packets = length < (ends[2] ?? 0) ? 0 : 1;
    return reads(name, bytes, packets, ends.includes(length) ? {} : { [CUT]: 1 });
  });
};

/** @param {boolean} little */
const broken = (little) => {
  const order = little ? 'little-endian' : 'big-endian';
  const make = blocksOf(little);
  const start = join(make.section(), make.description());
  const good = make.packet();
  /** As the second packet, and as the first one. @param {string} name @param {Uint8Array} bytes @param {string} what */
  const both = (name, bytes, what) => [
    reads(`${order}, ${name}`, join(start, good, bytes, good), 1, { [CORRUPT]: 1 }),
    refuses(`${order}, ${name}, first`, join(start, bytes, good), `input, byte ${start.length}: a block has ${what}`),
  ];
  return [
    ...[0, 4, 8, 11, 13, 28, 0xffffffff, 0xfffffffc, 2 ** 31].flatMap((length) =>
      both(`a packet's block of length ${length}`, make.packet({ length }), 'an impossible length'),
    ),
    ...both('a second length of 0', make.packet({ again: 0 }), 'two lengths that differ'),
    ...both('a second length that is greater', make.packet({ again: 4096 }), 'two lengths that differ'),
    ...both('a packet longer than its block', make.packet({ captured: 4096 }), 'an impossible packet length'),
    ...both('a packet of 2^32-1 bytes', make.packet({ captured: 0xffffffff }), 'an impossible packet length'),
    ...both('an unknown block of length 0', make.block(0xbad, fill(8), { length: 0 }), 'an impossible length'),
    ...both('a description without room', make.block(1, fill(4)), 'an impossible length'),
    ...both('statistics without room', make.block(5, fill(8)), 'an impossible length'),
    reads(
      `${order}, an unknown block that never ends`,
      join(start, good, make.block(0xbad, fill(8), { length: 0xfffffffc })),
      1,
      { [CUT]: 1 },
    ),
    reads(`${order}, an unknown block of no body`, join(start, make.block(0xbad, fill(0)), good), 1),
    reads(
      `${order}, 1000 unknown blocks`,
      join(start, ...Array.from({ length: 1000 }, () => make.block(0xbad, fill(4))), good),
      1,
    ),
    reads(`${order}, rubbish behind a packet`, join(start, good, fill(40, 0xff), good), 1, { [CORRUPT]: 1 }),
    reads(
      `${order}, an unknown interface`,
      join(start, make.packet({ id: 1 }), make.packet({ id: 0xffffffff }), good),
      1,
      {
        capture_unknown_interface: 2,
      },
    ),
    reads(`${order}, no interface at all`, join(make.section(), good, good), 0, { capture_unknown_interface: 2 }),
    reads(`${order}, an interface of another section`, join(start, good, make.section(), good), 1, {
      capture_unknown_interface: 1,
    }),
    reads(
      `${order}, statistics of an unknown interface`,
      join(start, good, make.statistics(3, [[5, make.n64(7n)]])),
      1,
      {
        capture_unassigned_statistics: 1,
      },
    ),
    reads(
      `${order}, an unsupported link beside another`,
      join(make.section(), make.description(147), make.description(), make.packet({ id: 1 }), good),
      1,
      {
        capture_unsupported_link: 1,
      },
    ),
    refuses(
      `${order}, an unsupported link`,
      join(make.section(), make.description(147), good),
      'input: link type 147 is not supported',
    ),
    refuses(
      `${order}, a simple packet`,
      join(start, make.simple()),
      `input, byte ${start.length}: a simple packet block has no time`,
    ),
    refuses(
      `${order}, a simple packet behind others`,
      join(start, good, make.simple()),
      `input, byte ${start.length + good.length}: a simple packet block has no time`,
    ),
    refuses(
      `${order}, a section of version 2`,
      join(make.section({ version: 2 }), make.description(), good),
      'input, byte 0: a block has a version other than 1',
    ),
    refuses(
      `${order}, a section of length 0`,
      join(make.section({ length: 0 }), make.description(), good),
      'input, byte 0: a block has an impossible length',
    ),
    refuses(
      `${order}, a section without byte order`,
      join(make.section({ magic: 0x1a2b3c4e }), good),
      'not recognised',
    ),
    reads(`${order}, a later section without byte order`, join(start, good, make.section({ magic: 0 })), 1, {
      [CORRUPT]: 1,
    }),
    reads(
      `${order}, 100 sections and 100 orders`,
      join(...Array.from({ length: 100 }, (_, i) => sectionOf(i % 2 === 0))),
      100,
    ),
    reads(`${order}, no packet`, start, 0),
    reads(`${order}, a packet of no bytes`, join(start, make.packet({ bytes: fill(0) }), good), 1, {
      capture_headers_cut: 1,
    }),
  ];
};

/** @param {boolean} little */
const sectionOf = (little) => {
  const make = blocksOf(little);
  return join(make.section(), make.description(), make.packet());
};

const optionsAndTimes = () => {
  const make = blocksOf(true);
  const good = make.packet();
  /** @param {string} name @param {readonly Option[]} list @param {Uint8Array} packets @param {number} advertisements @param {Record<string, number>} [counters] @param {boolean} [isEnded] */
  const described = (name, list, packets, advertisements, counters = {}, isEnded = true) =>
    reads(name, join(make.section(), make.description(1, list, isEnded), packets), advertisements, counters);
  /** @param {bigint} units */
  const at = (units) => make.packet({ units });
  const far = { capture_time_out_of_range: 1 };
  return [
    described('an option longer than its block', [[2, fill(4), 0xffff]], good, 1, { [OPTIONS]: 1 }, false),
    described('an option one byte longer than its block', [[2, fill(4), 9]], good, 1, { [OPTIONS]: 1 }),
    described('options without an end', [[2, Buffer.from('eth0')]], good, 1, {}, false),
    described(
      '1000 options',
      Array.from({ length: 1000 }, () => /** @type {Option} */ ([1, Buffer.from('a comment')])),
      good,
      1,
    ),
    described('half an option', [], make.packet({ list: [[4, fill(8), 12345]] }), 1, { [OPTIONS]: 1 }),
    ...[0, 9, 12, 127, 0x80, 0x80 + 63, 0xff].map((resolution) =>
      described(
        `a resolution of ${resolution}`,
        [[9, Uint8Array.of(resolution)]],
        join(at(2n ** 40n), at(2n ** 40n)),
        2,
      ),
    ),
    described('a resolution of no bytes', [[9, fill(0)]], good, 1),
    described('a resolution of eight bytes', [[9, fill(8, 9)]], good, 1),
    described('the least offset', [[14, make.n64(-(2n ** 63n))]], good, 1),
    described('the greatest offset', [[14, make.n64(2n ** 63n - 1n)]], good, 1),
    described('an offset of three bytes', [[14, fill(3, 255)]], good, 1),
    ...[0n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n].map((units) => described(`the time ${units}`, [], at(units), 1)),
    described('the time 2^64-1 in seconds', [[9, fill(1)]], at(2n ** 64n - 1n), 1),
    described('from the first time to the last', [], join(at(0n), at(2n ** 64n - 1n)), 1, far),
    described('from the last time to the first', [], join(at(2n ** 64n - 1n), at(0n)), 1, far),
    described('times backwards', [], join(at(5_000_000n), at(4_000_000n), at(3_000_000n)), 3),
    described('equal times', [], join(good, good, good), 3),
    described(
      'drops of 2^64-1',
      [],
      join(make.packet({ list: [[4, make.n64(-1n)]] }), make.statistics(0, [[5, make.n64(-1n)]])),
      1,
    ),
    described('drops of three bytes', [], make.statistics(0, [[5, fill(3, 1)]]), 0),
  ];
};

/** @returns {HostileCapture[]} */
export const pcapngCaptures = () => [...fileCuts(), ...broken(true), ...broken(false), ...optionsAndTimes()];
