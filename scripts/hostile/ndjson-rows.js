// @ts-check
/** Rows of sysdig's JSON to make hostile files of, and what reading a value of a key must come to. */

/**
 * What reading a file must give: how many events, and every counter; or a refusal.
 *
 * @typedef {{ readonly events: number, readonly counters: Readonly<Record<string, number>> } | { readonly refusal: string }} Expected
 * @typedef {{ readonly name: string, readonly bytes: Buffer, readonly expect: Expected }} HostileFile
 * @typedef {Readonly<Record<string, string | null>>} Fields
 */

export const SECOND = 1_795_344_191n * 1_000_000_000n;
/** What a reader says of a file in which it finds no event. */
export const NO_EVENT = 'holds no usable sysdig event';

/**
 * A row as sysdig writes it; `fields` replace or add values as they stand in JSON, null takes a key out.
 *
 * @param {number} number
 * @param {Fields} fields
 * @returns {string}
 */
export function rowOf(number, fields = {}) {
  /** @type {Record<string, string | null>} */
  const all = {
    'evt.cpu': '0',
    'evt.dir': '">"',
    'evt.info': '"fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 "',
    'evt.num': String(number),
    'evt.outputtime': String(SECOND + BigInt(number)),
    'evt.type': '"sendmsg"',
    'proc.name': '"keepalived"',
    'thread.tid': '23611',
    ...fields,
  };
  return `{${Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [`"${key}":${value}`])).join(',')}}`;
} // prettier-ignore

/** @param {Readonly<Record<string, number>>} counts by names without `sysdig_json_` */
export const countersOf = (counts) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [`sysdig_json_${name}`, count]));

/**
 * Between two good rows and one more behind them, so that the middle time is a good one.
 *
 * @param {string} name
 * @param {string | Buffer} line
 * @param {Readonly<Record<string, number>>} counts
 * @param {number} events of the line itself
 * @returns {HostileFile}
 */
export function between(name, line, counts, events = 0) {
  const bytes = Buffer.concat([
    Buffer.from(`${rowOf(1)}\n`),
    Buffer.from(line),
    Buffer.from(`\n${rowOf(3)}\n${rowOf(4)}\n`),
  ]);
  return { name, bytes, expect: { events: 3 + events, counters: countersOf(counts) } };
}

/**
 * @param {string} name
 * @param {string | Buffer} content
 * @param {number} events
 * @param {Readonly<Record<string, number>>} counts
 * @returns {HostileFile}
 */
export const file = (name, content, events, counts = {}) => ({
  name,
  bytes: Buffer.from(content),
  expect: { events, counters: countersOf(counts) },
});

/**
 * @param {string} name
 * @param {string | Buffer} content
 * @param {string} refusal
 * @returns {HostileFile}
 */
export const refused = (name, content, refusal = NO_EVENT) => ({
  name,
  bytes: Buffer.from(content),
  expect: { refusal },
});

const REACH_SECONDS = 9_007_198n;

/**
 * What a row must count in which the key has a value, as it stands in JSON; by the contract with sysdig, not by the readers' code.
 *
 * @param {string} key
 * @param {string} text
 * @returns {{ counts: Readonly<Record<string, number>>, events: number }}
 */
export function judge(key, text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return { counts: { bad_row: 1 }, events: 0 };
  }
  switch (key) {
    case 'evt.type':
      return typeof value === 'string' && value !== '' ? fine : { counts: { not_event: 1 }, events: 0 };
    case 'evt.outputtime':
      return judgeTime(text, value);
    case 'evt.cpu':
      return isCount(value, 32_767) ? fine : { counts: { no_cpu: 1 }, events: 1 };
    case 'thread.tid':
      return isCount(value, 2_147_483_647) ? fine : { counts: { no_thread: 1 }, events: 1 };
    case 'evt.dir':
      return value === '>' || value === '<' ? fine : { counts: { no_direction: 1 }, events: 1 };
    default:
      return fine;
  }
}

const fine = { counts: {}, events: 1 };

/**
 * A count, also as digits in a text; -1, signed or as 64 unsigned bits, is sysdig's word for none.
 *
 * @param {unknown} value
 * @param {number} most
 */
function isCount(value, most) {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (number === -1 || number === 2 ** 64) return true;
  return Number.isInteger(number) && Number(number) >= 0 && Number(number) <= most;
}

/**
 * @param {string} text
 * @param {unknown} value
 */
function judgeTime(text, value) {
  const digits = typeof value === 'string' ? value : text;
  /** @type {bigint | null} */
  let ns = null;
  if (/^\d{1,20}$/.test(digits)) ns = BigInt(digits);
  else if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) ns = BigInt(value);
  if (ns === null) return { counts: { no_time: 1 }, events: 0 };
  const apart = ns / 1_000_000_000n - SECOND / 1_000_000_000n;
  return apart <= REACH_SECONDS && apart >= -REACH_SECONDS ? fine : { counts: { far_time: 1 }, events: 0 };
}
