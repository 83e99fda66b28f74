// @ts-check
/** Hostile files in which a key has a value that it should not have. */
import { between, file, judge, rowOf, SECOND } from './ndjson-rows.js';

/** @typedef {import('./ndjson-rows.js').HostileFile} HostileFile */

const KEYS = ['evt.cpu', 'evt.dir', 'evt.info', 'evt.num', 'evt.outputtime', 'evt.type', 'proc.name', 'thread.tid'];
const TYPES = {
  null: 'null', true: 'true', false: 'false', zero: '0', one: '1', 'minus-one': '-1', fraction: '1.5', text: '"x"', 'empty-text': '""',
  na: '"<NA>"', object: '{}', array: '[]', 'array-of-text': '["a"]', nested: '{"evt.type":"inner","evt.outputtime":5}',
}; // prettier-ignore

const NUMBERS = {
  exponent: '1e2', 'exponent-plus': '1E+2', 'exponent-minus': '100e-2', 'minus-zero': '-0', 'beyond-double': '1e400', 'below-double': '1e-400',
  'int63-max': '9223372036854775807', 'int63-over': '9223372036854775808', 'uint64-max': '18446744073709551615', 'uint64-over': '18446744073709551616',
  'twenty-digits': '12345678901234567890', 'twenty-one-digits': '123456789012345678901', 'hundred-digits': '9'.repeat(100), 'int31-max': '2147483647',
  'int31-over': '2147483648', 'int15-max': '32767', 'int15-over': '32768', 'int15-min': '-32768', 'int31-min': '-2147483648', 'one-point-zero': '1.0',
  'safe-max': '9007199254740991', 'safe-over': '9007199254740993', 'leading-zero': '01', 'leading-zeros': '0000', plus: '+1', 'bare-fraction': '.5',
  'open-fraction': '5.', 'open-exponent': '1e', hexadecimal: '0x10', octal: '0o17', underscore: '1_000', nan: 'NaN', infinity: 'Infinity',
  'minus-infinity': '-Infinity', minus: '-', undefined: 'undefined', 'digits-in-text': '"17"', 'zeros-in-text': '"0017"', 'space-in-text': '" 17"',
  'long-digits-in-text': '"12345678901234567890123"', big: '1n', 'arabic-digits': '١٢', 'fullwidth-digits': '"１２"',
}; // prettier-ignore

/** @returns {HostileFile[]} */
const typeConfusions = () =>
  KEYS.flatMap((key) =>
    Object.entries(TYPES).map(([name, text]) => {
      const { counts, events } = judge(key, text);
      return between(`type-${key}-${name}`, rowOf(2, { [key]: text }), counts, events);
    }),
  );

/** @returns {HostileFile[]} */
const oddNumbers = () =>
  ['evt.cpu', 'evt.num', 'evt.outputtime', 'thread.tid'].flatMap((key) =>
    Object.entries(NUMBERS).map(([name, text]) => {
      const { counts, events } = judge(key, text);
      return between(`number-${key}-${name}`, rowOf(2, { [key]: text }), counts, events);
    }),
  );

/** @returns {HostileFile[]} */
const missingKeys = () =>
  KEYS.map((key) => {
    const counts = {
      'evt.cpu': { no_cpu: 1 }, 'evt.dir': { no_direction: 1 }, 'evt.outputtime': { no_time: 1 }, 'evt.type': { not_event: 1 },
      'thread.tid': { no_thread: 1 },
    }[key] ?? {}; // prettier-ignore
    const lost = key === 'evt.outputtime' || key === 'evt.type';
    return between(`missing-${key}`, rowOf(2, { [key]: null }), counts, lost ? 0 : 1);
  });

const REACH = 9_007_198n * 1_000_000_000n;
/** @type {(times: readonly bigint[]) => string} */
const rowsAt = (times) => times.map((time, i) => `${rowOf(i, { 'evt.outputtime': String(time) })}\n`).join('');

/** @returns {HostileFile[]} */
const oddTimes = () => [
  file('times-equal', rowsAt(Array(9).fill(SECOND)), 9),
  file('times-backwards', rowsAt(Array.from({ length: 9 }, (_, i) => SECOND - BigInt(i) * 1_000_000_000n)), 9),
  file('times-leap-to-and-fro', rowsAt(Array.from({ length: 20 }, (_, i) => SECOND + (i % 2 === 0 ? 0n : 3600n * 1_000_000_000n))), 20),
  file('times-all-zero', rowsAt([0n, 0n, 0n]), 3),
  file('times-all-at-the-end', rowsAt([2n ** 63n - 1n, 2n ** 63n - 1n, 2n ** 63n - 2n]), 3),
  file('times-around-zero-and-the-end', rowsAt([0n, 2n ** 63n - 1n, SECOND, SECOND + 1n, SECOND + 2n]), 3, { far_time: 2 }),
  file('times-as-far-as-can-be', rowsAt([SECOND, SECOND + REACH, SECOND, SECOND - REACH]), 4),
  file('times-one-second-farther', rowsAt([SECOND, SECOND + REACH + 1_000_000_000n, SECOND, SECOND - REACH - 1_000_000_000n]), 2, { far_time: 2 }),
  file('times-of-which-the-first-is-wrong', rowsAt([5n, SECOND, SECOND + 1n]), 2, { far_time: 1 }),
  between('time-in-text', rowOf(2, { 'evt.outputtime': `"${SECOND}"` }), {}, 1),
  between('time-in-text-with-zone', rowOf(2, { 'evt.outputtime': null, 'evt.time.iso8601': '"2026-11-22T10:38:33.5+0000"' }), {}, 1),
  between('time-in-text-without-zone', rowOf(2, { 'evt.outputtime': null, 'evt.datetime': '"2026-11-22 10:38:33"' }), { no_time_zone: 1 }, 1),
  between('time-of-a-31st-of-february', rowOf(2, { 'evt.outputtime': null, 'evt.datetime': '"2026-02-31 10:38:33"' }), { no_time: 1 }),
  between('time-of-day-among-dates', rowOf(2, { 'evt.outputtime': null, 'evt.time': '"10:38:33.5"' }), { far_time: 1 }),
  between('time-since-the-start-among-dates', rowOf(2, { 'evt.outputtime': null, 'evt.reltime': '17' }), { far_time: 1 }),
  between('time-in-two-numbers', rowOf(2, { 'evt.outputtime': null, 'evt.rawtime.s': '1795344191', 'evt.rawtime.ns': '7' }), {}, 1),
  between('time-in-seconds-alone', rowOf(2, { 'evt.outputtime': null, 'evt.rawtime.s': '1795344191' }), { no_time: 1 }),
  between('time-with-too-many-nanoseconds', rowOf(2, { 'evt.outputtime': null, 'evt.rawtime.s': '1795344191', 'evt.rawtime.ns': '1000000000' }), { no_time: 1 }),
  between('time-null-and-another-key', rowOf(2, { 'evt.outputtime': 'null', 'evt.rawtime': String(SECOND) }), {}, 1),
  between('time-inside-info', rowOf(2, { 'evt.info': '"{\\"evt.outputtime\\":1111111111111111111,\\"evt.type\\":\\"x\\"} "' }), {}, 1),
]; // prettier-ignore

/** Keys that are more than keys to JavaScript, and keys that come twice. */
const ODD_KEYS = {
  proto: ['"__proto__"', '{"evt.type":"inner","evt.cpu":7}'], 'proto-null': ['"__proto__"', 'null'], constructor: ['"constructor"', '{"prototype":{"evt.type":"x"}}'],
  'to-string': ['"toString"', '"x"'], 'value-of': ['"valueOf"', '1'], 'has-own': ['"hasOwnProperty"', 'null'], length: ['"length"', '-1'],
  'to-json': ['"toJSON"', '"x"'], then: ['"then"', '{}'], 'empty-key': ['""', '1'], 'dot-key': ['"."', '1'], 'number-key': ['"0"', '1'],
  'space-key': ['" evt.type"', '"x"'], 'upper-key': ['"EVT.TYPE"', '"x"'], 'nul-key': ['"\\u0000"', '1'], 'escaped-key': ['"x\\u0079z"', '1'],
  'long-key': [`"${'k'.repeat(10_000)}"`, '1'], 'bidi-key': ['"\\u202eevil"', '1'], 'key-in-two-bytes': ['"é"', '1'],
}; // prettier-ignore

/** @returns {HostileFile[]} */
const oddKeys = () => [
  ...Object.entries(ODD_KEYS).map(([name, [key, value]]) => {
    const plain = rowOf(2);
    return between(`key-${name}`, `{${key}:${value},${plain.slice(1)}`, {}, 1);
  }),
  ...KEYS.map((key) => {
    const twice = rowOf(2).replace(/\}$/, `,"${key}":${JSON.stringify({ a: 1 })}}`);
    const { counts, events } = judge(key, '{"a":1}');
    return between(`key-twice-${key}`, twice, counts, events);
  }),
  between('key-type-by-proto-alone', `{"__proto__":{"evt.type":"read","evt.outputtime":"${SECOND}"}}`, { not_event: 1 }),
  between('key-escaped-type', rowOf(2).replace('"evt.type"', '"evt\\u002etype"'), {}, 1),
  between('keys-10000', `{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":${i}`).join(',')},${rowOf(2).slice(1)}`, {}, 1),
]; // prettier-ignore

/** @returns {HostileFile[]} */
export const hostileValues = () => [
  ...typeConfusions(),
  ...oddNumbers(),
  ...missingKeys(),
  ...oddTimes(),
  ...oddKeys(),
];
