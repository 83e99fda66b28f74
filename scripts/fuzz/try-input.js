// @ts-check
/** One input through one reader, whole and in pieces. */
import { CounterTable } from '../../dist/model/counters.js';
import { InputError } from '../../dist/model/input-error.js';
import { below } from './mutations.js';

/** Longest time (ms) for a MiB, and for what is shorter. */
const MS_PER_MIB = 2000;
/** Most of a time limit is left to a machine that is busy. */
const PATIENCE = 3;

/**
 * @typedef {{ kind: string, text: string }} Problem
 * @typedef {{ refused: boolean, problem: Problem | null }} Outcome
 */

/**
 * The bytes in chunks of random lengths.
 *
 * @param {Buffer} bytes
 * @param {import('./mutations.js').Random} random
 */
export const cutAtRandom = (bytes, random) => {
  const chunks = [];
  const most = random() < 0.3 ? 8 : random() < 0.5 ? 200 : 20_000;
  for (let at = 0; at < bytes.length;) {
    const length = 1 + below(random, most);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
};

/** @param {readonly Buffer[]} chunks */
async function* stream(chunks) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

/**
 * What a reader makes of chunks: what it gives and what it counts, or why it refuses.
 *
 * @param {import('./targets.js').Target} target
 * @param {readonly Buffer[]} chunks
 */
export const readChunks = async (target, chunks) => {
  const counters = new CounterTable();
  try {
    const made = await target.read(stream(chunks), counters);
    return { refused: false, text: `${made}\n${JSON.stringify(counters.list())}` };
  } catch (error) {
    if (error instanceof InputError)
      return { refused: true, text: `${error.message}\n${JSON.stringify(counters.list())}` };
    throw error;
  }
};

/**
 * @param {import('./targets.js').Target} target
 * @param {Buffer} bytes
 * @param {import('./mutations.js').Random} random
 * @returns {Promise<Outcome>}
 */
export const tryInput = async (target, bytes, random) => {
  try {
    const begun = performance.now();
    const whole = await readChunks(target, [bytes]);
    const took = performance.now() - begun;
    const limit = PATIENCE * MS_PER_MIB * Math.max(1, bytes.length / 2 ** 20);
    if (took > limit)
      return {
        refused: whole.refused,
        problem: { kind: 'slow', text: `${took.toFixed(0)} ms for ${bytes.length} bytes` },
      };
    const pieces = await readChunks(target, cutAtRandom(bytes, random));
    if (pieces.text !== whole.text)
      return {
        refused: whole.refused,
        problem: { kind: 'chunks', text: `another answer in chunks:\n${difference(whole.text, pieces.text)}` },
      };
    const secret = target.secrets.find((text) => whole.text.includes(text));
    if (secret !== undefined) return { refused: whole.refused, problem: { kind: 'secret', text: `shows ${secret}` } };
    return { refused: whole.refused, problem: null };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { refused: false, problem: { kind: text.split('\n').slice(0, 2).join(' '), text } };
  }
};

/** @type {(a: string, b: string) => string} */
const difference = (a, b) => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 60);
  return `  ${JSON.stringify(a.slice(from, at + 120))}\n  ${JSON.stringify(b.slice(from, at + 120))}`;
};
