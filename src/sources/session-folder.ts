import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CounterDefinition, CounterTable } from '../model/counters.js';
import { InputError } from '../model/input-error.js';
import { inputErrorOf, nameOfPath } from './open.js';
import { findSysdig } from './scap/sysdig.js';
import { readSessionNote, type SessionNote } from './session-note.js';
import { statsNameOf } from './stats-name.js';

/** A file of a session folder and the statistics beside it. */
export interface SessionFile {
  readonly path: string;
  readonly statsPath: string | null;
}

export interface SessionFiles {
  /** By their names; their content is not known yet. */
  readonly traces: readonly SessionFile[];
  /** From the sender outward as far as known. */
  readonly captures: readonly (SessionFile & { readonly name: string })[];
  readonly log: string | null;
  readonly vitals: string | null;
  /** Whether the order of the captures is known. */
  readonly orderKnown: boolean;
  /** It is a recording that was cut off, or a flight recorder's: that there is little or nothing in it is no mistake of whoever gave it. */
  readonly mayBeEmpty: boolean;
}

const SESSION_JSON_UNREADABLE: CounterDefinition = {
  name: 'session_json_unreadable',
  source: 'session',
  severity: 'error',
  help: 'A session.json is not readable or does not list its points; the files of the folder were taken by their names.',
};
const CAPTURE_MISSING: CounterDefinition = {
  name: 'session_capture_missing',
  source: 'session',
  severity: 'data-loss',
  help: 'A session.json lists capture points whose file is not in the folder; copy the whole folder.',
};
const INPUT_EMPTY: CounterDefinition = {
  name: 'session_input_empty',
  source: 'session',
  severity: 'data-loss',
  help: 'Files of a session folder are empty and were left out, as when the session was cut off.',
};
const LOG_EMPTY: CounterDefinition = {
  name: 'session_log_empty',
  source: 'session',
  severity: 'info',
  help: 'The keepalived.log of a session folder is empty and was left out; keepalived may have logged elsewhere.',
};
const SCAP_IGNORED: CounterDefinition = {
  name: 'session_scap_ignored',
  source: 'session',
  severity: 'error',
  help: "A session folder holds its trace only in sysdig's own format, and there is no sysdig here to read it, so it was left out; install sysdig, or convert it elsewhere: sysdig -r trace.scap -j > trace.jsonl",
};

const INCOMPLETE: CounterDefinition = {
  name: 'session_incomplete',
  source: 'session',
  severity: 'notice',
  help: 'A session.json says that the recording was cut off; the answer is about what was recorded until then.',
};
const NOT_RENDERED: CounterDefinition = {
  name: 'session_trace_not_rendered',
  source: 'session',
  severity: 'error',
  help: 'The trace of a session folder is not rendered yet, as after a kill, and was left out: whylate record --recover FOLDER',
};
const FLIGHT: CounterDefinition = {
  name: 'session_flight_folder',
  source: 'session',
  severity: 'notice',
  help: 'The folder of a flight recorder holds no recording itself; analyze the folders late-* and end in it.',
};

const CAPTURE = /^capture\.(.+)\.(?:pcap|pcapng|txt)(?:\.gz|\.zst)?$/;
const TRACE = /^trace\..+(?<!\.tmp)$/;
/** What the tracer printed, as a recording leaves it that was cut off before it became rows. */
const PARTS = 'parts';
/** Shorter than its own header, a pcap file holds nothing. */
const PCAP_HEADER = 24;
const STATS = /\.stats\.txt$/;
const SCAP = /^trace\.scap/;
const LOG = 'keepalived.log';
const VITALS = /^vitals\.ndjson(?:\.gz|\.zst)?$/;
const NEAREST = 'sender';

/**
 * The inputs in a session folder: `trace.*` (`trace.scap` where there is no other and sysdig is installed), `capture.NAME.pcap`, `vitals.ndjson` and `keepalived.log`. The captures' order is that of
 * the points in `session.json`; without one `sender` is first and the others follow by name.
 *
 * @throws InputError when the folder cannot be read, or has no input
 */
export const listSession = async (folder: string, counters: CounterTable): Promise<SessionFiles> => {
  const names = await readNames(folder);
  const present = new Set(names);
  const fileOf = (name: string): SessionFile => {
    const stats = statsNameOf(name);
    return { path: join(folder, name), statsPath: present.has(stats) ? join(folder, stats) : null };
  };
  const inputs: string[] = [];
  for (const name of names) {
    if (
      STATS.test(name) ||
      SCAP.test(name) ||
      !(TRACE.test(name) || CAPTURE.test(name) || VITALS.test(name) || name === LOG)
    )
      continue;
    if ((await sizeOf(join(folder, name))) < leastSize(name)) counters.add(name === LOG ? LOG_EMPTY : INPUT_EMPTY);
    else inputs.push(name);
  }

  const otherTraces = inputs.filter((name) => TRACE.test(name));
  const scaps = otherTraces.length === 0 ? await listScaps(folder, names, counters) : [];
  const readsScaps = scaps.length > 0 && (await findSysdig()) !== null;
  const traceNames = readsScaps ? scaps : otherTraces;
  refuseTwins(folder, traceNames);
  const captures = inputs.flatMap((file) => {
    const name = CAPTURE.exec(file)?.[1];
    return name === undefined ? [] : [{ name, ...fileOf(file) }];
  });
  const note = present.has('session.json') ? await readNote(join(folder, 'session.json'), counters) : null;
  const points = note?.points ?? null;
  const mayBeEmpty = note !== null && (note.isCutOff || note.isFlight);
  if (note?.isCutOff === true) counters.add(INCOMPLETE);
  if (note?.isFlight === true) counters.add(FLIGHT);
  if (present.has(PARTS) && traceNames.length === 0) counters.add(NOT_RENDERED);
  if (note?.isFlight !== true)
    for (const point of points ?? []) if (!captures.some(({ name }) => name === point)) counters.add(CAPTURE_MISSING);
  captures.sort((a, b) => rank(a.name, points) - rank(b.name, points) || (a.name < b.name ? -1 : 1));

  const log = inputs.includes(LOG) ? join(folder, LOG) : null;
  const vitals = inputs.find((name) => VITALS.test(name));
  if (traceNames.length === 0 && scaps.length > 0) {
    if (captures.length === 0 && !mayBeEmpty) {
      throw new InputError(
        "holds its trace only in sysdig's own format (scap), and there is no sysdig here to read it",
        nameOfPath(folder),
        'install sysdig, or convert it elsewhere: sysdig -r trace.scap -j > trace.jsonl',
      );
    }
    counters.add(SCAP_IGNORED);
  } else if (traceNames.length === 0 && captures.length === 0 && !mayBeEmpty) {
    throw new InputError(
      'is a folder without a trace or captures',
      nameOfPath(folder),
      'a session folder holds trace.jsonl (also .gz, .zst) or capture.NAME.pcap files with content',
    );
  }
  return {
    traces: traceNames.map(fileOf),
    captures,
    log,
    vitals: vitals === undefined ? null : join(folder, vitals),
    orderKnown: isOrderKnown(captures, points),
    mayBeEmpty,
  };
};

/** The traces in sysdig's own format that hold something. */
const listScaps = async (folder: string, names: readonly string[], counters: CounterTable): Promise<string[]> => {
  const scaps: string[] = [];
  for (const name of names) {
    if (!SCAP.test(name) || STATS.test(name)) continue;
    if ((await sizeOf(join(folder, name))) === 0) counters.add(INPUT_EMPTY);
    else scaps.push(name);
  }
  return scaps;
};

const readNames = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw inputErrorOf(error, folder);
  }
};

/** @returns infinity for what is no file: recognising it says what it is */
const sizeOf = async (path: string): Promise<number> => {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : Number.POSITIVE_INFINITY;
  } catch (error) {
    throw inputErrorOf(error, path);
  }
};

const leastSize = (name: string): number => (/^capture\..+\.pcap$/.test(name) ? PCAP_HEADER : 1);

const readNote = async (path: string, counters: CounterTable): Promise<SessionNote | null> => {
  const note = await readSessionNote(path);
  if (note === null || note.points === null) counters.add(SESSION_JSON_UNREADABLE);
  return note;
};

/** The same trace both plain and compressed would be read twice. */
const refuseTwins = (folder: string, names: readonly string[]): void => {
  const stems = names.map((name) => name.replace(/\.(?:gz|zst)$/, ''));
  if (new Set(stems).size < stems.length) {
    throw new InputError(
      'holds the same trace twice, plain or compressed in different ways',
      nameOfPath(folder),
      'remove one, or give the files with --trace and --capture',
    );
  }
};

const rank = (name: string, points: readonly string[] | null): number => {
  if (points === null) return name === NEAREST ? 0 : 1;
  const at = points.indexOf(name);
  return at < 0 ? points.length : at;
};

const isOrderKnown = (captures: readonly { name: string }[], points: readonly string[] | null): boolean => {
  if (captures.length <= 1) return true;
  if (points !== null) return captures.every(({ name }) => points.includes(name));
  return captures.length === 2 && captures.some(({ name }) => name === NEAREST);
};
