// @ts-check
/** One trace of sysdig's JSON in every form of it that is read. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * @typedef {Record<string, string | number | null>} Row
 * @typedef {{ name: string, paths: string[] }} TraceEncoding
 */

const TIME = /"evt\.outputtime":(\d+)/;

/** The digits of a line's time: JSON.parse would round them. @type {(line: string) => string} */
const timeOf = (line) => TIME.exec(line)?.[1] ?? '';

/** A row's keys in the order of `-p`, with the time in two. @type {(line: string) => string} */
const withOtherFields = (line) => {
  const row = /** @type {Row} */ (JSON.parse(line));
  const time = timeOf(line);
  /** @type {readonly (readonly [string, string])[]} */
  const fields = [
    ['thread.tid', JSON.stringify(row['thread.tid'] ?? null)],
    ['evt.type', JSON.stringify(row['evt.type'])],
    ['container.id', '"host"'],
    ['evt.rawtime.ns', String(Number(time.slice(-9)))],
    ['evt.args', JSON.stringify(row['evt.info'] ?? null)],
    ['fd.name', 'null'],
    ['proc.name', JSON.stringify(row['proc.name'] ?? null)],
    ['evt.rawtime.s', time.slice(0, -9)],
    ['proc.pid', JSON.stringify(row['thread.tid'] ?? null)],
    ['evt.dir', JSON.stringify(row['evt.dir'])],
    ['evt.cpu', JSON.stringify(row['evt.cpu'] ?? null)],
  ];
  return `{${fields.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
};

const ENTERS_THAT_STAY = new Set(['switch', 'signaldeliver', 'procexit', 'sched_wakeup', 'sched_wakeup_new', 'sched_waking', 'heartbeat', 'drop', 'page_fault']); // prettier-ignore

/**
 * As libs 0.22 and later record: no enters, and the exit carries their arguments.
 *
 * @type {(lines: readonly string[]) => string[]}
 */
const exitsOnly = (lines) => {
  /** @type {Map<string, string>} */
  const open = new Map();
  return lines.flatMap((line) => {
    const row = /** @type {Row} */ (JSON.parse(line));
    const type = String(row['evt.type']);
    if (ENTERS_THAT_STAY.has(type)) return [line];
    const call = `${String(row['thread.tid'])} ${type}`;
    const info = String(row['evt.info'] ?? '');
    if (row['evt.dir'] === '>') {
      open.set(call, info);
      return [];
    }
    const before = open.get(call);
    open.delete(call);
    if (before === undefined || before === '') return [line];
    return [
      JSON.stringify({ ...row, 'evt.info': `${info}${before}`, 'evt.outputtime': 0 }).replace(
        '"evt.outputtime":0',
        `"evt.outputtime":${timeOf(line)}`,
      ),
    ];
  });
};

/**
 * Write a trace in every form.
 *
 * @param {readonly string[]} lines rows of `sysdig -j`, in any order
 * @param {string} folder
 * @returns {TraceEncoding[]}
 */
export const encodeSysdigJson = (lines, folder) => {
  /** @type {TraceEncoding[]} */
  const made = [];
  /** @type {(name: string, ...parts: (string | Buffer)[]) => void} */
  const add = (name, ...parts) => {
    const paths = parts.map((part, i) => {
      const to = join(folder, parts.length > 1 ? `${name}.${String(i)}` : name);
      writeFileSync(to, part);
      return to;
    });
    made.push({ name, paths });
  };
  const plain = `${lines.join('\n')}\n`;
  add('sysdig-json', plain);
  add('sysdig-json-array', `[\n${lines.join(',\n')}\n]\n`);
  add('sysdig-json-array-without-begin', `${lines.join(',\n')}\n]\n`);
  add('sysdig-json-fields', `${lines.map(withOtherFields).join('\n')}\n`);
  add('sysdig-json-crlf', `\ufeff${lines.join('\r\n')}\r\n`);
  add('sysdig-json-utf16', Buffer.from(`\ufeff${plain}`, 'utf16le').swap16());
  add('sysdig-json-exits', `${exitsOnly(lines).join('\n')}\n`);
  const middle = plain.indexOf('\n', Math.floor(plain.length / 2)) + 1;
  add('sysdig-json-members', Buffer.concat([gzipSync(plain.slice(0, middle)), gzipSync(plain.slice(middle))]));
  add('sysdig-json-rotated', plain.slice(0, middle), plain.slice(middle));
  return made;
};
