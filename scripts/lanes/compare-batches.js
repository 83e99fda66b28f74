// @ts-check
/** Holding what two ways of reading made of the same bytes against each other, batch for batch. */

/**
 * @typedef {import('../../src/model/event-batch.js').EventBatch} EventBatch
 * @typedef {{ list(): { name: string, count: number }[] }} Counters
 */

const NUMBERS = /** @type {const} */ (['time', 'num', 'line', 'cpu', 'tid', 'dir', 'nextTid']);
const NAMES = /** @type {const} */ (['type', 'comm', 'nextComm']);
/** How a row was read is no property of the trace. */
const OWN_BUSINESS = 'sysdig_json_slow_row';

/**
 * @param {EventBatch} a
 * @param {EventBatch} b
 * @returns {string | null} the first difference
 */
export function differenceOf(a, b) {
  if (a.length !== b.length) return `${a.length} events, not ${b.length}`;
  for (let i = 0; i < a.length; i++) {
    for (const column of NUMBERS) {
      const more = column === 'line' ? [a.firstLine, b.firstLine] : [0, 0];
      const values = [(a[column][i] ?? NaN) + (more[0] ?? 0), (b[column][i] ?? NaN) + (more[1] ?? 0)];
      if (values[0] !== values[1]) return `event ${i}, ${column}: ${values[0]}, not ${values[1]}`;
    }
    for (const column of NAMES) {
      const names = [a.names.nameOf(a[column][i] ?? 0), b.names.nameOf(b[column][i] ?? 0)];
      if (names[0] !== names[1]) return `event ${i}, ${column}: ${JSON.stringify(names[0])}, not ${JSON.stringify(names[1])}`;
    }
    const texts = [a.info(i), b.info(i)];
    if (texts[0] !== texts[1]) return `event ${i}, info: ${JSON.stringify(texts[0])}, not ${JSON.stringify(texts[1])}`;
    const span = a.span?.(i);
    if (span && Buffer.from(span.bytes.subarray(span.from, span.to)).toString('utf8') !== texts[0]) return `event ${i}: another span`;
  }
  return null;
} // prettier-ignore

/**
 * @param {Counters} counters
 * @returns {string}
 */
export const countsOf = (counters) =>
  counters
    .list()
    .filter(({ name }) => name !== OWN_BUSINESS)
    .map(({ name, count }) => `${name} ${count}`)
    .join(', ');
