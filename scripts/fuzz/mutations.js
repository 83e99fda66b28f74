// @ts-check
/**
 * Ways to damage an input: bytes at random, and what its structure is made of (lines and numbers of a text, records of a capture).
 */

/** @typedef {() => number} Random 0 to below 1 */
/** @typedef {(bytes: Buffer, random: Random) => Buffer} Mutation */

/** @type {(random: Random, n: number) => number} */
export const below = (random, n) => Math.floor(random() * n);

/** @type {<T>(random: Random, items: readonly T[]) => T} */
export const pick = (random, items) => /** @type {any} */ (items[below(random, items.length)]);

/** Share of the bytes that one pass of {@link mutateBytes} changes. */
const BYTE_SHARE = 0.02;

const HOSTILE_NUMBERS = [
  '0', '-0', '-1', '1', '127', '255', '256', '32767', '32768', '65535', '65536', '2147483647', '2147483648', '4294967295',
  '9007199254740991', '9007199254740993', '9223372036854775807', '18446744073709551615', '1e400', '1e-9', '0x7f', '00012', '1.5', 'NaN', '', '9'.repeat(400),
]; // prettier-ignore

const HOSTILE_TEXTS = [
  '\0', '\r', '\n', '\t', '\x1b[2J', '\u202e', '\u2028', '\ufeff', '\\', '"', "'", '\\u0000', '\\ud800', ' ', '  ', '=', ':', '(', ')', '<', '>', '[', ']', '{', '}', ',',
  '==>', '<NA>', '<unfinished ...>', '<... sendmsg resumed>', '__proto__', 'constructor', 'null', 'true', '[]', '{}', '[[[[[[[[', '\ud83d\ude00', '<script>',
  'A'.repeat(300), '('.repeat(2000), ' '.repeat(2000),
]; // prettier-ignore

const HOSTILE_WORDS = [0, 1, 2, 3, 4, 7, 8, 11, 12, 20, 28, 255, 256, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]; // prettier-ignore

/** @type {Mutation} */
export const mutateBytes = (bytes, random) => {
  const out = Buffer.from(bytes);
  const count = Math.max(1, Math.floor(out.length * BYTE_SHARE * random()));
  for (let i = 0; i < count && out.length > 0; i++) {
    const at = below(random, out.length);
    out[at] = random() < 0.5 ? below(random, 256) : (out[at] ?? 0) ^ (1 << below(random, 8));
  }
  return out;
};

/** @type {Mutation} */
export const cut = (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1));

/** @type {Mutation} */
const cutFront = (bytes, random) => bytes.subarray(below(random, bytes.length + 1));

/** @type {Mutation} */
const repeatPiece = (bytes, random) => {
  const from = below(random, bytes.length + 1);
  const piece = bytes.subarray(from, from + below(random, 400));
  const at = below(random, bytes.length + 1);
  const times = 1 + below(random, 4);
  return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(at)]);
};

/** @type {(change: (lines: Buffer[], random: Random) => void) => Mutation} */
const onLines = (change) => (bytes, random) => {
  /** @type {Buffer[]} */
  const lines = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    lines.push(bytes.subarray(at, end < 0 ? bytes.length : end + 1));
    at = end < 0 ? bytes.length : end + 1;
  }
  if (lines.length > 0) change(lines, random);
  return Buffer.concat(lines);
};

/** Replace one match of a pattern in one line. @type {(pattern: RegExp, replacements: readonly string[]) => Mutation} */
const replaceOne = (pattern, replacements) =>
  onLines((lines, random) => {
    const k = below(random, lines.length);
    const text = (lines[k] ?? Buffer.alloc(0)).toString('latin1');
    const matches = [...text.matchAll(pattern)];
    if (matches.length === 0) return;
    const match = pick(random, matches);
    const replacement = Buffer.from(pick(random, replacements)).toString('latin1');
    lines[k] = Buffer.from(
      text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length),
      'latin1',
    );
  });

/** @type {Mutation[]} */
const LINE_MUTATIONS = [
  onLines((lines, random) => void lines.splice(below(random, lines.length), 1 + below(random, 3))),
  onLines((lines, random) => {
    const line = pick(random, lines);
    lines.splice(below(random, lines.length + 1), 0, ...Array.from({ length: 1 + below(random, 3) }, () => line));
  }),
  onLines((lines, random) => {
    const i = below(random, lines.length);
    const j = below(random, lines.length);
    [lines[i], lines[j]] = [/** @type {Buffer} */ (lines[j]), /** @type {Buffer} */ (lines[i])];
  }),
  onLines((lines, random) => {
    const k = below(random, lines.length);
    const line = lines[k] ?? Buffer.alloc(0);
    lines[k] = line.subarray(0, below(random, line.length + 1));
  }),
  replaceOne(/\d+/g, HOSTILE_NUMBERS),
  replaceOne(/\d+/g, HOSTILE_NUMBERS),
  replaceOne(/[A-Za-z_<>.]+/g, HOSTILE_TEXTS),
  replaceOne(/[^A-Za-z0-9]/g, HOSTILE_TEXTS),
  replaceOne(/\s+|,|"/g, ['', ' ', '\t', '\r\n', '\n', '   ']),
];

/** Where the records of a pcap file begin, by their own lengths. @type {(bytes: Buffer) => number[]} */
const pcapRecords = (bytes) => {
  const little = bytes.length >= 4 && [0xa1b2c3d4, 0xa1b23c4d].includes(bytes.readUInt32LE(0));
  const starts = [];
  for (let at = 24; at + 16 <= bytes.length;) {
    starts.push(at);
    at += 16 + (little ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8));
  }
  return starts;
};

/** Where the blocks of a pcapng file begin. @type {(bytes: Buffer) => number[]} */
const pcapngBlocks = (bytes) => {
  const little = bytes.length >= 12 && bytes.readUInt32LE(8) === 0x1a2b3c4d;
  const starts = [];
  for (let at = 0; at + 12 <= bytes.length;) {
    starts.push(at);
    const length = little ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4);
    at += Math.max(12, length);
  }
  return starts;
};

/** @type {(startsOf: (bytes: Buffer) => number[]) => Mutation[]} */
const recordMutations = (startsOf) => {
  /** @type {(bytes: Buffer, random: Random) => { from: number, to: number } | null} */
  const one = (bytes, random) => {
    const starts = startsOf(bytes);
    if (starts.length === 0) return null;
    const k = below(random, starts.length);
    return { from: starts[k] ?? 0, to: Math.min(bytes.length, starts[k + 1] ?? bytes.length) };
  };
  return [
    (bytes, random) => {
      const record = one(bytes, random);
      return record ? Buffer.concat([bytes.subarray(0, record.from), bytes.subarray(record.to)]) : bytes;
    },
    (bytes, random) => {
      const record = one(bytes, random);
      return record ? Buffer.concat([bytes.subarray(0, record.to), bytes.subarray(record.from)]) : bytes;
    },
    (bytes, random) => {
      // A word of the record's head: a length, a time, an interface.
      const record = one(bytes, random);
      const out = Buffer.from(bytes);
      const at = record ? record.from + 4 * below(random, 8) : 0;
      if (at + 4 > out.length) return out;
      const value = pick(random, HOSTILE_WORDS);
      if (random() < 0.5) out.writeUInt32LE(value, at);
      else out.writeUInt32BE(value, at);
      return out;
    },
    (bytes, random) => {
      // A byte of what the record holds: a header's length, a protocol, a count.
      const record = one(bytes, random);
      if (!record || record.to - record.from < 18) return bytes;
      const out = Buffer.from(bytes);
      out[record.from + 16 + below(random, record.to - record.from - 16)] = pick(
        random,
        [0, 1, 2, 3, 4, 5, 6, 0x0f, 0x40, 0x45, 0x4f, 0x60, 0x7f, 0x80, 112, 51, 0xfe, 0xff],
      );
      return out;
    },
    (bytes, random) => {
      const out = Buffer.from(bytes);
      const at = 4 * below(random, Math.floor(out.length / 4));
      if (at + 4 <= out.length) out.writeUInt32LE(pick(random, HOSTILE_WORDS), at);
      return out;
    },
  ];
};

/** @type {Readonly<Record<'lines' | 'pcap' | 'pcapng' | 'bytes', readonly Mutation[]>>} */
const STRUCTURE = {
  lines: LINE_MUTATIONS,
  pcap: recordMutations(pcapRecords),
  pcapng: recordMutations(pcapngBlocks),
  bytes: [],
};

/** Most changes of one kind after the other. */
const MOST_CHANGES = 6;

/**
 * Damage an input once more: some changes of its structure, of its bytes, or both.
 *
 * @param {Buffer} bytes
 * @param {keyof typeof STRUCTURE} structure
 * @param {Random} random
 */
export const mutate = (bytes, structure, random) => {
  const general = [mutateBytes, cut, cutFront, repeatPiece];
  const own = STRUCTURE[structure];
  let out = bytes;
  const changes = 1 + below(random, MOST_CHANGES);
  for (let i = 0; i < changes; i++) out = pick(random, own.length > 0 && random() < 0.7 ? own : general)(out, random);
  return out;
};
