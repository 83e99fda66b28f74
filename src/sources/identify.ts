import { stat } from 'node:fs/promises';
import type { Capture } from '../model/advertisement.js';
import { CounterTable } from '../model/counters.js';
import { InputError } from '../model/input-error.js';
import { inputErrorOf, storageOf, nameOfPath, openBytes, STDIN, type Storage } from './open.js';
import { peek } from './peek.js';
import { recognise, RECOGNISE_BYTES, TRACE_KINDS, type InputKind, type TraceKind } from './recognise.js';

/** An input whose content is known to be usable in its role. */
export type IdentifiedInput = {
  /** As given, or below the session folder as given. */
  readonly path: string;
  /**
   * Its content, decompressed. To be used instead of opening the path: what can be read only once (stdin, a pipe) goes
   * on from what the recogniser has read. Call it once.
   */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** How it lies there: a file that may be read from any place on, a compressed file, or what can be read only once. */
  readonly storage: Storage;
} & (
  | { readonly role: 'trace'; readonly kind: TraceKind }
  | { readonly role: 'capture'; readonly kind: Capture['format'] }
  | { readonly role: 'log'; readonly kind: 'keepalived-log' }
  | { readonly role: 'vitals'; readonly kind: 'vitals' }
);

export type Role = IdentifiedInput['role'];

const NAME_OF_KIND: Readonly<Record<Exclude<InputKind, 'empty' | 'unknown'>, string>> = {
  'sysdig-json': 'a sysdig trace',
  'sysdig-text': 'a sysdig trace (text)',
  scap: "a sysdig trace in sysdig's own format (scap)",
  strace: 'a trace of strace',
  'perf-script': 'a trace of perf script',
  'trace-cmd': 'a trace of trace-cmd report or ftrace',
  pcap: 'a packet capture (pcap)',
  pcapng: 'a packet capture (pcapng)',
  'tcpdump-text': 'a packet capture (text of tcpdump)',
  'tshark-fields': 'a packet capture (fields of tshark)',
  'tshark-json': 'a packet capture (JSON of tshark)',
  'tshark-ek': 'a packet capture (tshark -T ek)',
  'keepalived-log': 'a log of keepalived',
  vitals: 'a file of vitals (samples of counters)',
};

const GIVE_AS_ROLE: Readonly<Record<Role, string>> = {
  trace: 'give it with --trace',
  capture: 'give it with --capture',
  log: 'give it with --log',
  vitals: 'give it without an option',
};

const ACCEPTED =
  'give sysdig JSON (sysdig -j), text or scap, the output of strace (-f -ttt -T), the text of perf script or trace-cmd report, pcap, pcapng, the text of tcpdump, fields or JSON of tshark, the log of keepalived or vitals, plain, .gz or .zst, or a session folder';

/**
 * Open a file far enough to know what it is.
 *
 * @param wanted the role it was given for; null: any
 * @param counters for what `open` delivers
 * @throws InputError when it is missing, unreadable, empty, of an unknown kind, or not `wanted`
 */
export const identifyInput = async (
  path: string,
  wanted: Role | null,
  counters: CounterTable,
): Promise<IdentifiedInput> => {
  const readTwice = await isRegularFile(path);
  // What a file that is opened again has lost is counted then.
  const { head, bytes } = await peek(openBytes(path, readTwice ? new CounterTable() : counters), RECOGNISE_BYTES);
  let kept = false;
  try {
    const open = readTwice ? () => openBytes(path, counters) : () => bytes;
    const given: Given = { path, open, storage: readTwice ? await storageOf(path) : 'once' };
    const input = assignRole(given, recognise(head), wanted);
    kept = !readTwice;
    return input;
  } finally {
    if (!kept) await bytes[Symbol.asyncIterator]().return?.();
  }
};

const isRegularFile = async (path: string): Promise<boolean> => {
  if (path === STDIN) return false;
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    throw inputErrorOf(error, path);
  }
};

type Given = Pick<IdentifiedInput, 'path' | 'open' | 'storage'>;

const assignRole = (given: Given, kind: InputKind, wanted: Role | null): IdentifiedInput => {
  const where = nameOfPath(given.path);
  switch (kind) {
    case 'empty':
      throw new InputError('is empty', where, 'check that the recorder wrote it, and that it was copied whole');
    case 'unknown':
      // A system log may speak of other things for long before keepalived has its say.
      if (wanted === 'log') return { ...given, role: 'log', kind: 'keepalived-log' };
      throw new InputError('is of an unknown kind', where, ACCEPTED);
    default: {
      const input = withRole(given, kind);
      if (wanted === null || input.role === wanted) return input;
      throw new InputError(`is ${NAME_OF_KIND[kind]}`, where, GIVE_AS_ROLE[input.role]);
    }
  }
};

const withRole = (given: Given, kind: keyof typeof NAME_OF_KIND): IdentifiedInput => {
  if (isTraceKind(kind)) return { ...given, role: 'trace', kind };
  if (kind === 'keepalived-log') return { ...given, role: 'log', kind };
  if (kind === 'vitals') return { ...given, role: 'vitals', kind };
  return { ...given, role: 'capture', kind };
};

const isTraceKind = (kind: string): kind is TraceKind => (TRACE_KINDS as readonly string[]).includes(kind);
