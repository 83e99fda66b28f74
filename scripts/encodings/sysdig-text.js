// @ts-check
/** Rows of `sysdig -j` as sysdig prints the same events without -j. `test/sources/sysdig-text` holds this against sysdig. */

/**
 * @typedef {{ num: number, time: bigint, cpu: number, name: string, tid: number, dir: string, type: string, info: string }} Row
 *   `name` is JSON, `info` the inside of a JSON string
 * @typedef {'h' | 'a' | 'r' | 'D'} TimeForm the letters of -t; `d`, the time since a call began, needs what rows alone do not tell
 * @typedef {object} TextForm
 * @property {TimeForm} time
 * @property {boolean} [container] -pc, outside of any container
 * @property {bigint} [start] when what -t r counts from was (ns since 1970), where that is not the first row: sysdig counts from events it does not print, too
 * @property {boolean} [padded] whether -t a pads the nanoseconds, as some versions do
 * @typedef {{ name: string, text: string }} TextEncoding
 */

const SECOND = 1_000_000_000n;
const DAY = 86_400n;

/** @type {(value: bigint, digits: number) => string} */
const pad = (value, digits) => value.toString().padStart(digits, '0');

/** 64 bits without a sign, as sysdig prints what is negative. @type {(time: bigint) => string} */
const printCount = (time) => {
  const bits = BigInt.asUintN(64, time);
  return `${bits / SECOND}.${pad(bits % SECOND, 9)}`;
};

/** @type {(time: bigint) => string} */
const printTimeOfDay = (time) => {
  const seconds = (time / SECOND) % DAY;
  return `${pad(seconds / 3600n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}.${pad(time % SECOND, 9)}`;
};

/**
 * What prints the rows of one trace, in file order.
 *
 * @param {TextForm} form
 * @returns {(row: Row) => string}
 */
export const asSysdigText = ({ time: form, container = false, start, padded = false }) => {
  /** @type {bigint | null} */
  let first = start ?? null;
  /** @type {bigint | null} */
  let before = null;
  /** @type {(time: bigint) => string} */
  const printTime = (time) => {
    first ??= time;
    const last = before ?? time;
    before = time;
    switch (form) {
      case 'h':
        return printTimeOfDay(time);
      case 'a':
        return `${time / SECOND}.${padded ? pad(time % SECOND, 9) : time % SECOND}`;
      case 'r':
        return printCount(time - first);
      case 'D':
        return printCount(time - last);
    }
  };
  return ({ cpu, dir, info, num, time, type, name, tid }) => {
    const comm = /** @type {string | null} */ (JSON.parse(name)) ?? '<NA>';
    const known = comm !== '<NA>';
    const where = container ? (known ? 'host (host) ' : '<NA> (<NA>) ') : '';
    const thread = container ? `${tid}:${known ? tid : '<NA>'}` : String(tid);
    const text = /** @type {string} */ (JSON.parse(`"${info}"`));
    return `${num} ${printTime(time)} ${cpu} ${where}${comm} (${thread}) ${dir} ${type} ${text}`;
  };
};

const TIME = /"evt\.outputtime":(\d+)/;

/** @type {(line: string) => Row} */
const parse = (line) => {
  const row = JSON.parse(line);
  return {
    num: row['evt.num'],
    time: BigInt(TIME.exec(line)?.[1] ?? 0),
    cpu: row['evt.cpu'],
    name: JSON.stringify(row['proc.name']),
    tid: row['thread.tid'],
    dir: row['evt.dir'],
    type: row['evt.type'],
    info: JSON.stringify(row['evt.info'] ?? '').slice(1, -1),
  };
};

/** @type {readonly (readonly [name: string, form: TextForm])[]} */
const FORMS = [
  ['sysdig-text', { time: 'h' }],
  ['sysdig-text-absolute', { time: 'a', padded: true }],
  ['sysdig-text-unpadded', { time: 'a' }],
  ['sysdig-text-relative', { time: 'r' }],
  ['sysdig-text-deltas', { time: 'D' }],
  ['sysdig-text-container', { time: 'a', container: true }],
];

/**
 * @param {readonly string[]} lines rows of `sysdig -j`
 * @param {number} [shiftSeconds] added to all times, as for a recording over midnight
 * @returns {TextEncoding[]}
 */
export const encodeSysdigText = (lines, shiftSeconds = 0) => {
  const shift = BigInt(shiftSeconds) * SECOND;
  const rows = lines.map(parse).map((row) => ({ ...row, time: row.time + shift }));
  return FORMS.map(([name, form]) => ({ name, text: `${rows.map(asSysdigText(form)).join('\n')}\n` }));
};
