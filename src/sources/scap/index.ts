import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { counted } from '../counted.js';
import { inputErrorOf, openBytes } from '../open.js';
import { openTrace } from '../sysdig-json/index.js';
import type { OpenTrace, TraceContext } from '../trace/open-trace.js';
import { isZstd } from '../zstd-frames.js';
import { ENDED_EARLY, isComplete, notInstalled, notStarted, READER_CRASHED, refusalOf } from './problems.js';
import { runSysdig, type Ending } from './run-sysdig.js';
import { findSysdig, nameSysdig, type Sysdig } from './sysdig.js';
import { copyToTemporary, type TemporaryCopy } from './temporary-copy.js';

/**
 * Read a file in sysdig's own format through the installed sysdig: the events are what `sysdig -r FILE -j` makes of it.
 * What sysdig cannot read to the end is counted (`scap_*`), what is wrong with its output as for sysdig's JSON.
 *
 * @param onBytes is told how much sysdig has printed, or how much was copied for it (bytes since the last call); what it throws ends the
 *   reading
 * @throws InputError when there is no sysdig, when it refuses the file or crashes before the first event, and where there
 *   is no event at all
 */
export const openScapFile = async (
  path: string,
  context: TraceContext,
  onBytes: (bytes: number) => void,
): Promise<OpenTrace> => {
  // gzip it reads itself.
  if (isZstd(await readHead(path))) return openScap(openBytes(path, context.counters), context, onBytes);
  return read(resolve(path), await requireSysdig(context), context, onBytes, null);
};

/** The same of bytes, which are copied to a temporary file first: sysdig wants one to seek in. */
export const openScap = async (
  bytes: AsyncIterable<Uint8Array>,
  context: TraceContext,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<OpenTrace> => {
  const sysdig = await requireSysdig(context);
  const copy = await copyToTemporary(counted(bytes, onBytes), context.where);
  return read(copy.path, sysdig, context, onBytes, copy);
};

/** What an answer says of a file that another program has read, as an assumption. */
const tellReader = (where: string, sysdig: Sysdig): NonNullable<OpenTrace['reader']> => ({
  what: `${where} was read by ${nameSysdig(sysdig)}`,
  why: 'it is in a format of sysdig that only sysdig reads; another version may tell its events otherwise',
});

const MAGIC_LENGTH = 4;

const readHead = async (path: string): Promise<Uint8Array> => {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC_LENGTH), 0, MAGIC_LENGTH, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw inputErrorOf(error, path);
  }
};

const requireSysdig = async ({ where }: TraceContext): Promise<Sysdig> => {
  const sysdig = await findSysdig();
  if (sysdig === null) throw notInstalled(where);
  return sysdig;
};

const read = async (
  path: string,
  sysdig: Sysdig,
  context: TraceContext,
  onBytes: (bytes: number) => void,
  copy: TemporaryCopy | null,
): Promise<OpenTrace> => ({
  ...(await openTrace(printed(path, sysdig, context, onBytes, copy), context)),
  reader: tellReader(context.where, sysdig),
});

/** What sysdig prints; how it ended is judged behind it. */
async function* printed(
  path: string,
  sysdig: Sysdig,
  { where, counters, signal }: TraceContext,
  onBytes: (bytes: number) => void,
  copy: TemporaryCopy | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  const judge = (ending: Ending): void => {
    if (isComplete(ending)) return;
    if (length === 0) throw refusalOf(ending, sysdig, where);
    counters.add(ending.signal === null ? ENDED_EARLY : READER_CRASHED);
  };
  try {
    for await (const chunk of runSysdig(sysdig.program, ['-r', path, '-j'], signal, judge)) {
      onBytes(chunk.length);
      length += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw isSpawnError(error) ? notStarted(sysdig, where) : error;
  } finally {
    await copy?.remove();
  }
}

const isSpawnError = (error: unknown): boolean =>
  error instanceof Error &&
  'syscall' in error &&
  typeof error.syscall === 'string' &&
  error.syscall.startsWith('spawn');
