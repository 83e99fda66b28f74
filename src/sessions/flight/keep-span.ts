import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { PcapRecords } from '../../sources/capture/index.js';
import { createFolder } from '../folder/create.js';
import { MESSAGES, PARTS } from '../folder/render.js';
import type { SessionJson } from '../folder/session-json.js';
import { listRing, snapshotOf, type RingPart } from './ring-parts.js';

/** bpftrace reads the buffers of the CPUs one after the other, so a part holds rows of a time before it began (ms). */
const READ_LATE_MS = 5_000;

/** Wall clock, ms since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the ring's part of a stream begins, which may be after the time that is wanted. */
const reaches = (parts: readonly RingPart[], stream: string): number | null =>
  parts.find((part) => part.stream === stream)?.fromMs ?? null;

/**
 * Put what the ring holds of a span of time into a session folder of its own; it is to be finished like any other.
 *
 * @param flight the folder of the flight recorder
 * @param session of the folder that is made; its window is set to the span
 * @param lostLines what bpftrace said of lost events meanwhile
 * @throws InputError when the folder cannot be made
 */
export const keepSpan = async (
  flight: string,
  folder: string,
  session: SessionJson,
  span: Span,
  lostLines: readonly string[],
): Promise<void> => {
  const parts = await listRing(flight);
  const begins = reaches(parts, 'trace') ?? span.fromMs;
  const notes =
    begins > span.fromMs
      ? [`the ring reached back only ${((span.toMs - begins) / 1000).toFixed(1)} s of the trace; make it larger`]
      : [];
  await createFolder(folder, {
    ...session,
    window: { sinceNs: toNs(span.fromMs), untilNs: toNs(span.toMs) },
    startNs: toNs(span.fromMs),
    endNs: toNs(span.toMs),
    notes: [...session.notes, ...notes],
  });
  const inSpan = parts.filter(({ fromMs, toMs }) => toMs >= span.fromMs && fromMs <= span.toMs + READ_LATE_MS);
  // Links first: what follows takes time, and the ring goes on.
  await linkTrace(inSpan, folder);
  for (const file of await readdir(flight)) {
    if (file === 'environment.json' || /^capture\..+\.stats\.txt$/.test(file))
      await copyFile(join(flight, file), join(folder, file));
  }
  if (lostLines.length > 0) await writeFile(join(folder, MESSAGES), `${lostLines.join('\n')}\n`);
  for (const stream of new Set(inSpan.map((part) => part.stream))) {
    const own = inSpan.filter((part) => part.stream === stream);
    if (stream.startsWith('capture.')) await joinCaptures(own, join(folder, `${stream}.pcap`), span);
    else if (stream === 'vitals') await joinLines(own, join(folder, 'vitals.ndjson'), span, /^\{"ns":"(\d+)"/);
    else if (own[0]?.path.endsWith('.jsonl') === true) await joinRows(own, join(folder, 'trace.jsonl.gz'), span);
  }
};

const toNs = (ms: number): string => (BigInt(Math.round(ms)) * 1_000_000n).toString();

const linkTrace = async (parts: readonly RingPart[], folder: string): Promise<void> => {
  const raw = parts.filter(({ path }) => path.endsWith('.raw'));
  if (raw.length === 0) return;
  await mkdir(join(folder, PARTS), { recursive: true });
  let number = 0;
  for (const { path } of raw) {
    const name = String(++number).padStart(4, '0');
    // A part may have been given up in between; the rest is worth having.
    await link(path, join(folder, PARTS, `${name}.raw`)).catch(() => undefined);
    await link(snapshotOf(path), join(folder, PARTS, `${name}.start.json`)).catch(() => undefined);
  }
};

const joinCaptures = async (parts: readonly RingPart[], out: string, span: Span): Promise<void> => {
  const kept: Uint8Array[] = [];
  let header: Uint8Array | null = null;
  for (const { path } of parts) {
    const records = new PcapRecords(path, ({ time, bytes }) => {
      const ms = time.seconds * 1e3 + time.nanos / 1e6;
      if (ms >= span.fromMs && ms <= span.toMs) kept.push(Uint8Array.from(bytes));
    });
    for await (const chunk of createReadStream(path)) records.push(chunk as Buffer);
    header ??= records.fileHeader;
  }
  if (header !== null) await writeFile(out, Buffer.concat([header, ...kept]));
};

async function* linesIn(parts: readonly RingPart[], span: Span, time: RegExp): AsyncGenerator<string> {
  for (const { path } of parts) {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const ns = time.exec(line)?.[1];
      if (ns === undefined) continue;
      const ms = Number(BigInt(ns) / 1_000_000n);
      if (ms >= span.fromMs && ms <= span.toMs) yield `${line}\n`;
    }
  }
}

const joinLines = (parts: readonly RingPart[], out: string, span: Span, time: RegExp): Promise<void> =>
  pipeline(linesIn(parts, span, time), createWriteStream(out));

const joinRows = async (parts: readonly RingPart[], out: string, span: Span): Promise<void> => {
  const rows = linesIn(parts, span, /"evt\.outputtime":(\d+)/);
  await pipeline(rows, createGzip(), createWriteStream(`${out}.tmp`));
  await rename(`${out}.tmp`, out);
};
