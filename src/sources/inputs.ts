import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { CounterDefinition, CounterTable } from '../model/counters.js';
import { displayText } from '../model/display.js';
import { InputError } from '../model/input-error.js';
import { identifyInput, type IdentifiedInput, type Role } from './identify.js';
import { inputErrorOf, nameOfPath, STDIN } from './open.js';
import { listSession, type SessionFile } from './session-folder.js';
import { statsNameOf } from './stats-name.js';

/** What `analyze` was given. */
export interface InputArguments {
  /** Files and session folders, recognised by their content; `-` is stdin. */
  readonly files: readonly string[];
  readonly traces: readonly string[];
  /** In order from the sender outward. */
  readonly captures: readonly { readonly name: string | null; readonly path: string }[];
  readonly logs: readonly string[];
}

type WithRole<R extends Role> = Extract<IdentifiedInput, { role: R }>;
/** `statsPath`: the recorder's closing statistics beside it, where there are any. */
export type TraceInput = WithRole<'trace'> & { readonly statsPath: string | null };
/** `name`: unique among the captures. */
export type CaptureInput = WithRole<'capture'> & { readonly statsPath: string | null; readonly name: string };
export type LogInput = WithRole<'log'>;
export type VitalsInput = WithRole<'vitals'>;

/** All inputs, each recognised and ready to be read once. */
export interface ResolvedInputs {
  readonly trace: readonly TraceInput[];
  readonly captures: readonly CaptureInput[];
  readonly logs: readonly LogInput[];
  readonly vitals: readonly VitalsInput[];
  /** Whether the captures are known to be in order from the sender outward. */
  readonly orderKnown: boolean;
  /** Whether there may be neither trace nor capture: a recording that was cut off was given. */
  readonly mayBeEmpty: boolean;
}

const FILE_IGNORED: CounterDefinition = {
  name: 'session_file_ignored',
  source: 'session',
  severity: 'notice',
  help: 'Files of a session folder that are called trace.* but hold no trace were left out.',
};

const CAPTURE_IGNORED: CounterDefinition = {
  name: 'session_capture_ignored',
  source: 'session',
  severity: 'data-loss',
  help: 'Captures of a recording that was cut off cannot be read and were left out.',
};

const VITALS_IGNORED: CounterDefinition = {
  name: 'session_vitals_ignored',
  source: 'session',
  severity: 'notice',
  help: 'The vitals.ndjson of a session folder holds no samples of counters and was left out.',
};

/**
 * Find out what each argument is: files by their content, folders as session folders. Captures stay in the order
 * given, positional ones first; the nameless are called `capture1`, `capture2`, ...
 *
 * @param counters for what is wrong with session folders, and for what reading the inputs will count
 * @throws InputError for an input that is missing, unreadable, empty, of an unknown kind, of the wrong one, or given twice
 */
export const resolveInputs = async (given: InputArguments, counters: CounterTable): Promise<ResolvedInputs> => {
  const collected = new Collection();
  for (const path of given.files) {
    if (await isDirectory(path)) await addSession(collected, path, counters);
    else collected.add(await identifyInput(path, null, counters), await statsBeside(path), null);
  }
  for (const path of given.traces) {
    collected.add(await identifyInput(path, 'trace', counters), await statsBeside(path), null);
  }
  for (const { name, path } of given.captures) {
    collected.add(await identifyInput(path, 'capture', counters), await statsBeside(path), name);
  }
  for (const path of given.logs) collected.add(await identifyInput(path, 'log', counters), null, null);
  return collected.finish();
};

class Collection {
  readonly #traces: TraceInput[] = [];
  readonly #captures: (Omit<CaptureInput, 'name'> & { readonly name: string | null })[] = [];
  readonly #logs: LogInput[] = [];
  readonly #vitals: VitalsInput[] = [];
  readonly #seen = new Set<string>();
  orderKnown = true;
  mayBeEmpty = false;

  add(input: IdentifiedInput, statsPath: string | null, name: string | null): void {
    const place = input.path === STDIN ? STDIN : resolve(input.path);
    if (this.#seen.has(place)) throw new InputError('is given twice', nameOfPath(input.path), 'give each input once');
    this.#seen.add(place);
    if (input.role === 'trace') this.#traces.push({ ...input, statsPath });
    else if (input.role === 'capture') this.#captures.push({ ...input, statsPath, name });
    else if (input.role === 'log') this.#logs.push(input);
    else this.#vitals.push(input);
  }

  finish(): ResolvedInputs {
    const taken = new Set<string>();
    for (const { name, path } of this.#captures) {
      if (name === null) continue;
      if (taken.has(name)) {
        throw new InputError(
          `is a second capture called ${displayText(name)}`,
          nameOfPath(path),
          'give captures different names with --capture NAME=FILE',
        );
      }
      taken.add(name);
    }
    let number = 0;
    const nextName = (): string => {
      let name: string;
      do name = `capture${++number}`;
      while (taken.has(name));
      return name;
    };
    const captures = this.#captures.map((capture) => ({ ...capture, name: capture.name ?? nextName() }));
    const { orderKnown, mayBeEmpty } = this;
    return { trace: this.#traces, captures, logs: this.#logs, vitals: this.#vitals, orderKnown, mayBeEmpty };
  }
}

const addSession = async (into: Collection, folder: string, counters: CounterTable): Promise<void> => {
  const session = await listSession(folder, counters);
  await addSessionTraces(into, session.traces, session.mayBeEmpty, counters);
  for (const { name, path, statsPath } of session.captures) {
    const input = session.mayBeEmpty
      ? await identifyOrRefuse(path, 'capture', counters)
      : await identifyInput(path, 'capture', counters);
    if (input instanceof InputError) counters.add(CAPTURE_IGNORED);
    else into.add(input, statsPath, name);
  }
  if (session.log !== null) into.add(await identifyInput(session.log, 'log', counters), null, null);
  if (session.vitals !== null) await addSessionVitals(into, session.vitals, counters);
  if (!session.orderKnown) into.orderKnown = false;
  if (session.mayBeEmpty) into.mayBeEmpty = true;
};

/** Vitals only support an answer: what is none is left out. */
const addSessionVitals = async (into: Collection, path: string, counters: CounterTable): Promise<void> => {
  const input = await identifyOrRefuse(path, 'vitals', counters);
  if (input instanceof InputError) counters.add(VITALS_IGNORED);
  else into.add(input, null, null);
};

/** Anything may be called trace.*; what is no trace is left out as long as one of them is. */
const addSessionTraces = async (
  into: Collection,
  files: readonly SessionFile[],
  mayBeEmpty: boolean,
  counters: CounterTable,
): Promise<void> => {
  const refusals: InputError[] = [];
  for (const { path, statsPath } of files) {
    const input = await identifyOrRefuse(path, 'trace', counters);
    if (input instanceof InputError) refusals.push(input);
    else into.add(input, statsPath, null);
  }
  const [refusal] = refusals;
  if (refusal === undefined) return;
  if (refusals.length === files.length && !mayBeEmpty) throw refusal;
  counters.add(FILE_IGNORED, refusals.length);
};

const identifyOrRefuse = (path: string, role: Role, counters: CounterTable): Promise<IdentifiedInput | InputError> =>
  identifyInput(path, role, counters).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    return error;
  });

const isDirectory = async (path: string): Promise<boolean> => {
  if (path === STDIN) return false;
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw inputErrorOf(error, path);
  }
};

const statsBeside = async (path: string): Promise<string | null> => {
  if (path === STDIN) return null;
  const beside = join(dirname(path), statsNameOf(basename(path)));
  return await stat(beside).then(
    (found) => (found.isFile() ? beside : null),
    () => null,
  );
};
