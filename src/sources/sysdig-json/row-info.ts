import { constants } from 'node:os';
import { ARGUMENT_PREFIX, INFO_KEYS } from './keys.js';
import type { Row } from './line-account.js';

/** Arguments in front, as far as a row has them: what is read of them is found there, whatever the others hold. */
const IN_FRONT = ['next', 'pgft_maj', 'res', 'fd', 'size', 'tuple'];
/** Arguments that are numbers with a name. */
const NUMBERED = new Set(['next', 'pid', 'tid', 'ptid', 'spid', 'dpid', 'sig']);
/** Payload, in which anything may be written, stands last. */
const PAYLOAD = new Set(['data', 'args', 'env', 'msg']);

/**
 * The arguments of a row as `evt.info` has them. Where neither that nor `evt.args` is there they are put together again: of
 * `evt.arg.NAME`, `fd.num` and `fd.name`, `evt.rawres` and `evt.res`.
 */
export const readRowInfo = (row: Row): string => {
  for (const key of INFO_KEYS) {
    const text = row[key];
    if (typeof text === 'string') return text;
  }
  return joinArguments(row);
};

const joinArguments = (row: Row): string => {
  const named = new Map<string, string>();
  for (const key of Object.keys(row)) {
    if (!key.startsWith(ARGUMENT_PREFIX)) continue;
    const name = key.slice(ARGUMENT_PREFIX.length);
    const text = valueOf(row[key]);
    if (text === null) continue;
    named.set(name, NUMBERED.has(name) ? withNumber(text, numberOf(row[`evt.rawarg.${name}`])) : text);
  }
  const result = readResult(row, named.get('res') ?? null);
  if (result !== null) named.set('res', result);
  const descriptor = joinDescriptor(row, valueOf(row['evt.arg.fd']));
  if (descriptor !== null) named.set('fd', descriptor);
  const signal = named.get('sig');
  if (signal !== undefined) named.set('sig', withNumber(signal, numberNamed(constants.signals, signal)));
  if (named.size === 0) return '';
  const others = [...named.keys()].filter((name) => !IN_FRONT.includes(name));
  const names = [
    ...IN_FRONT,
    ...others.filter((name) => !PAYLOAD.has(name)),
    ...others.filter((name) => PAYLOAD.has(name)),
  ];
  let text = '';
  for (const name of names) {
    const value = named.get(name);
    if (value !== undefined) text += `${name}=${value} `;
  }
  return text;
};

/** `562(keepalived)`: `evt.arg.next` and its like have only the name, where there is one, and `evt.rawarg.next` the number. */
const withNumber = (text: string, number: string | null): string =>
  number === null || text === number || text.startsWith(`${number}(`) ? text : `${number}(${text})`;

/** `13(<4r>0.0.0.0:112)`; -1 where the number is not told. */
const joinDescriptor = (row: Row, argument: string | null): string | null => {
  const name = argument ?? valueOf(row['fd.name']);
  const number = numberOf(row['fd.num']) ?? numberOf(row['evt.rawarg.fd']);
  return name === null ? number : withNumber(name, number ?? '-1');
};

/** `-4(EINTR)`: `evt.rawres` has the number, `evt.res` the name of an error. */
const readResult = (row: Row, argument: string | null): string | null => {
  if (argument !== null && !ERROR.test(argument)) return argument;
  const name = argument ?? valueOf(row['evt.res']) ?? '';
  const number = numberOf(row['evt.rawres']) ?? numberNamed(constants.errno, name, -1);
  if (number === null) return argument;
  return number.startsWith('-') && ERROR.test(name) ? `${number}(${name})` : number;
};

const ERROR = /^E[A-Z0-9]+$/;

/** The number that Linux has for a name; null where it has none. */
const numberNamed = (numbers: Readonly<Partial<Record<string, number>>>, name: string, sign = 1): string | null => {
  const number = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  return number === undefined ? null : String(sign * number);
};

const numberOf = (value: unknown): string | null => {
  const text = valueOf(value);
  return text !== null && /^-?\d{1,19}$/.test(text) ? text : null;
};

/** A value of sysdig's as text; null where there is none. */
const valueOf = (value: unknown): string | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' && value !== '<NA>' ? value : null;
};
