import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { CounterDefinition, CounterTable } from '../model/counters.js';
import { InputError } from '../model/input-error.js';
import { gunzipMembers, type Failure } from './gzip-members.js';
import { Pump } from './zlib-pump.js';
import { splitAtFrames, ZstdFrames } from './zstd-frames.js';

const CUT: CounterDefinition = {
  name: 'compressed_input_cut',
  source: 'input',
  severity: 'data-loss',
  help: 'A compressed input ends in the middle: what could be decompressed was read, the rest is missing. Copy it again, or let the recorder end before copying.',
};
const DAMAGED: CounterDefinition = {
  name: 'compressed_input_damaged',
  source: 'input',
  severity: 'data-loss',
  help: 'A compressed input is damaged, or followed by bytes that are not compressed data: what came before was read, the rest was not. Copy it again and compare checksums.',
};

type Bytes = AsyncGenerator<Uint8Array, void, undefined>;

/** Damaged places of one input that are counted. */
const MOST_FAILURES = 10_000;

/** Decompress gzip data of one or more members; see {@link gunzipMembers}. */
export const gunzip = (bytes: AsyncIterable<Uint8Array>, where: string, counters: CounterTable): Bytes =>
  accountFailure((fail) => gunzipMembers(bytes, fail), where, counters);

/**
 * Decompress zstd data of one or more frames: with Node's zlib where it can (22.15 and up), else with the `zstd` command.
 *
 * @throws InputError when neither is there
 */
export const unzstd = (bytes: AsyncIterable<Uint8Array>, where: string, counters: CounterTable): Bytes => {
  const create = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  return accountFailure(
    (fail) => (create ? unzstdInProcess(create(), bytes, where, fail) : decompressByChild(bytes, where, fail)),
    where,
    counters,
  );
};

async function* accountFailure(
  decompress: (fail: (how: Failure) => void) => Bytes,
  where: string,
  counters: CounterTable,
): Bytes {
  const failures: Failure[] = [];
  let delivered = false;
  // Of very many only the count matters, and whether the last was a cut.
  const fail = (how: Failure): void => {
    if (failures.length < MOST_FAILURES) failures.push(how);
    else failures[failures.length - 1] = how;
  };
  for await (const chunk of decompress(fail)) {
    delivered = true;
    yield chunk;
  }
  const [first] = failures;
  if (first === undefined) return;
  if (!delivered) {
    throw new InputError(`is compressed data, ${first} before anything could be read`, where, 'copy it again');
  }
  for (const how of failures) counters.add(how === 'cut' ? CUT : DAMAGED);
}

async function* unzstdInProcess(
  stream: Transform,
  bytes: AsyncIterable<Uint8Array>,
  where: string,
  fail: (how: Failure) => void,
): Bytes {
  const frames = new ZstdFrames();
  const failures: Failure[] = [];
  yield* pumpThrough(stream, splitAtFrames(bytes, frames), where, (how) => failures.push(how));
  const [how = frames.atBoundary ? null : 'cut'] = failures;
  if (how !== null) fail(how);
}

// zlib may blow a slice up a thousandfold, and all of it is held until the consumer has taken it.
const SLICE = 16 * 1024;

/**
 * Push bytes through a zlib stream slice by slice. Plain iteration of the stream would throw away what was decompressed
 * before an error; only the last piece of output before damage is lost here.
 */
async function* pumpThrough(
  stream: Transform & { readonly bytesWritten?: number },
  bytes: AsyncIterable<Uint8Array>,
  where: string,
  fail: (how: Failure) => void,
): Bytes {
  const pump = new Pump(stream);
  let behindEnd = false;
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length && !pump.failed && !behindEnd; at += SLICE) {
        const slice = chunk.subarray(at, at + SLICE);
        const unused = pump.ended ? slice : await pump.write(slice);
        yield* pump.take();
        behindEnd = unused.some((byte) => byte !== 0);
      }
      if (pump.failed || behindEnd) break;
    }
    await pump.end();
    yield* pump.take();
    if (pump.needsLargerWindow) throw windowTooLarge(where);
    if (pump.failed) fail(pump.failed);
    else if (behindEnd) fail('damaged');
  } finally {
    stream.destroy();
  }
}

const STDERR_KEPT = 4096;

/** zstd decompresses no window of more than 128 MiB unless it is asked to, so that nobody can fill the memory. */
const windowTooLarge = (where: string): InputError =>
  new InputError(
    'is compressed with a window of more than 128 MiB, which is not decompressed here',
    where,
    'decompress it first: zstd -d --long=31',
  );

async function* decompressByChild(
  bytes: AsyncIterable<Uint8Array>,
  where: string,
  fail: (how: Failure) => void,
): Bytes {
  const child = spawn('zstd', ['-dcq'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const source = bytes[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString('latin1')).slice(-STDERR_KEPT);
  });
  const ended = new Promise<{ code: number | null; error: NodeJS.ErrnoException | null }>((resolve) => {
    child.once('error', (error) => {
      resolve({ code: null, error });
    });
    child.once('close', (code) => {
      resolve({ code, error: null });
    });
  });
  const fed = feed(source, child);
  try {
    for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) yield chunk;
    const { code, error } = await ended;
    if (error?.code === 'ENOENT') {
      throw new InputError(
        'is compressed with zstd, and the command zstd is not installed',
        where,
        'install it (package zstd), or decompress the file first',
      );
    }
    if (error) throw error;
    const sourceError = await fed;
    if (sourceError !== null) throw sourceError.error;
    if (complaint.includes('too much memory')) throw windowTooLarge(where);
    if (code !== 0) fail(complaint.includes('premature end') ? 'cut' : 'damaged');
  } finally {
    await endChild(child, ended);
    // Not awaited: it may be waiting for a pipe that stays silent.
    void Promise.resolve(source.return?.()).catch(() => undefined);
  }
}

/** Write a source to a child as fast as it takes it; resolves with what the source threw, boxed, or null. */
const feed = async (
  source: AsyncIterator<Uint8Array>,
  child: ChildProcessWithoutNullStreams,
): Promise<{ error: unknown } | null> => {
  const { stdin } = child;
  // Broken pipes are told by the child's exit code.
  stdin.on('error', () => undefined);
  try {
    for (;;) {
      const next = await source.next();
      if (next.done === true || stdin.destroyed) break;
      if (!stdin.write(next.value)) {
        await new Promise<void>((resolve) => {
          const go = (): void => {
            stdin.off('drain', go);
            stdin.off('close', go);
            resolve();
          };
          stdin.on('drain', go);
          stdin.on('close', go);
        });
      }
    }
    stdin.end();
    return null;
  } catch (error) {
    child.kill();
    return { error };
  }
};

const PATIENCE_MS = 1000;

/** End a child politely, then surely. */
const endChild = async (child: ChildProcessWithoutNullStreams, ended: Promise<unknown>): Promise<void> => {
  child.stdin.destroy();
  child.stdout.destroy();
  if (child.exitCode === null && child.signalCode === null) child.kill();
  const force = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(force);
};
