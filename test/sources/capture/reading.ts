import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Capture, CapturedAdvertisement } from '../../../src/model/advertisement.js';
import { CounterTable } from '../../../src/model/counters.js';
import { readCapture, recogniseCapture, type CaptureKind } from '../../../src/sources/capture/index.js';
import { absoluteFrom } from '../../../src/time/ns.js';

const TRACES = fileURLToPath(new URL('../../../traces', import.meta.url));

/** Every recorded capture of the repository. */
export const recordedCaptures = (): string[] =>
  readdirSync(TRACES)
    .map((folder) => join(TRACES, folder))
    .filter((folder) => existsSync(join(folder, 'truth.json')))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => /\/capture\.[^/]*\.pcap$/.test(path))
    .sort();

export const recordedCapture = (name: string): string => join(TRACES, name);

/** Bytes as a stream of chunks of `size`. */
export const chunked = async function* (bytes: Uint8Array, size = 65536): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
};

export interface ReadResult {
  readonly capture: Capture;
  readonly counters: CounterTable;
  /** Counts by name. */
  readonly counts: Record<string, number>;
}

export const readAs = async (kind: CaptureKind, input: Uint8Array | string, size?: number): Promise<ReadResult> => {
  const counters = new CounterTable();
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const capture = await readCapture(kind, chunked(bytes, size), { where: 'input', counters });
  const counts = Object.fromEntries(counters.list().map(({ name, count }) => [name, count]));
  return { capture, counters, counts };
};

/** Recognise and read. */
export const readAny = async (input: Uint8Array | string, size?: number): Promise<ReadResult> => {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const kind = recogniseCapture(bytes.subarray(0, 65536));
  if (kind === null) throw new Error('not recognised');
  return readAs(kind, bytes, size);
};

/** ns since the epoch of the capture's clock. */
export const timesOf = (capture: Capture): bigint[] =>
  capture.advertisements.map(({ time }) => absoluteFrom(capture.baseNs, time));

/** What does not depend on where the capture's times begin and what its packets are numbered by. */
export const contentOf = (one: CapturedAdvertisement): Omit<CapturedAdvertisement, 'time' | 'packet'> => {
  const { family, version, vrid, priority, source, destination, intervalNs, ipId } = one;
  return { family, version, vrid, priority, source, destination, intervalNs, ipId };
};

/** Run a tool that must succeed; its standard output. */
export const runTool = (tool: string, args: readonly string[], env: Record<string, string> = {}): string => {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: 'UTC', ...env },
  });
  if (error || status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
};

export const tcpdump = (file: string, ...options: string[]): string => runTool('tcpdump', ['-r', file, ...options]);
