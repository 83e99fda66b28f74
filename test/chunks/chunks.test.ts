/**
 * The same bytes of answer, however the bytes of the input come: every encoding of the recorded session, in chunks of 1, 2, 3, 7, 100 and
 * 64 Ki bytes and cut at random 200 times. Traces are cut down to some of their rows, and cut at random 10 times only, for each answer
 * about one takes long; `WHYLATE_FULL=1` takes up to 1 MB of each, 200 times.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type * as FileSystem from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { encodeCapture } from '../../scripts/encodings/captures.js';
import { encodeLog } from '../../scripts/encodings/logs.js';
import { encodeSysdigText } from '../../scripts/encodings/sysdig-text.js';
import { encodeSysdigJson } from '../../scripts/encodings/traces.js';
import { analyze } from '../../src/analysis.js';
import { makeRandom, type Random } from '../../src/model/random.js';
import { requestOf, type AnalyzeRequest } from '../../src/model/request.js';
import { renderJson } from '../../src/reports/index.js';
import type * as Open from '../../src/sources/open.js';

/** How long the next chunk is to be; null: as files are read. */
let nextLength: (() => number) | null = null;

async function* cutUp(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const length = nextLength === null ? bytes.length : nextLength();
    yield await Promise.resolve(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
}

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof FileSystem>();
  const createReadStream = (path: string): AsyncIterable<Uint8Array> => cutUp(original.readFileSync(path));
  return { ...original, default: { ...original, createReadStream }, createReadStream };
});
// A plain file is otherwise read in blocks of the reader's own choice.
vi.mock('../../src/sources/open.js', async (importOriginal) => ({
  ...(await importOriginal<typeof Open>()),
  storageOf: () => Promise.resolve('once'),
}));

const folderOf = (name: string): string => fileURLToPath(new URL(`../../traces/${name}/`, import.meta.url));
const SESSION = folderOf('every-source');
const SENDER = 'capture.sender.pcap';
const isFull = process.env['WHYLATE_FULL'] === '1';
const MOST_BYTES = isFull ? 1_000_000 : 24_000;
const TIMEOUT_MS = isFull ? 3_600_000 : 60_000;

const root = mkdtempSync(join(tmpdir(), 'whylate-chunks-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const scratch = (name: string): string => {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
};

const linesOf = (folder: string, name: string): string[] =>
  gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .trimEnd()
    .split('\n');

/** Lines about the sender, from the one before its stop on, as many as may be. */
const aboutSender = (lines: readonly string[], tid: string): string[] => {
  const named = new RegExp(`keepalived|\\b${tid}\\b|^#|^cpus=`);
  let bytes = 0;
  return lines.filter((line) => named.test(line) && (bytes += line.length + 1) <= MOST_BYTES);
};

const written = (name: string, content: string | Buffer): string => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

/** Random cuts of an input that is a trace, and of others. */
const CUTS_OF_TRACES = isFull ? 200 : 10;
const CUTS = 200;

interface Fixture {
  readonly name: string;
  readonly request: Partial<AnalyzeRequest>;
}

const sender = { name: 'sender', path: join(SESSION, SENDER) };
const asTrace = (name: string, paths: string[], captures = [sender]): Fixture => ({
  name,
  request: { traces: paths, captures },
});

const rows = aboutSender(linesOf(SESSION, 'trace.jsonl.gz'), '21783');
const straced = folderOf('every-source-strace');
const fixtures: Fixture[] = [
  ...encodeCapture(join(SESSION, 'capture.receiver.pcap'), scratch('captures')).map(({ name, path }) => ({
    name,
    request: { captures: [{ name: 'receiver', path }] },
  })),
  ...encodeSysdigJson(rows, scratch('traces')).map(({ name, paths }) => asTrace(name, paths)),
  ...encodeSysdigText(rows).map(({ name, text }) => asTrace(name, [written(name, text)])),
  ...['perf.txt.gz', 'trace-cmd.txt.gz', 'ftrace.txt.gz'].map((name) =>
    asTrace(name, [written(name, gzipSync(aboutSender(linesOf(SESSION, name), '21783').join('\n')))]),
  ),
  asTrace(
    'strace',
    [written('strace', linesOf(straced, 'strace.txt.gz').join('\n'))],
    [{ name: 'sender', path: join(straced, SENDER) }],
  ),
  ...encodeLog(readFileSync(join(SESSION, 'keepalived.log'), 'utf8')).map(({ name, text }) => ({
    name,
    request: { captures: [sender], logs: [written(name, text)] },
  })),
];

const answerTo = async ({ request }: Fixture, next: () => number): Promise<string> => {
  nextLength = next;
  const answer = await analyze(requestOf({ ...request, threads: 1 }));
  return renderJson(answer);
};

const cutAtRandom = (random: Random): (() => number) => {
  const most = random() < 0.5 ? 50 : random() < 0.5 ? 1000 : 40_000;
  return () => 1 + Math.floor(random() * most);
};

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
  it(
    'gives the same answer whatever the chunks',
    async () => {
      const whole = await answerTo(fixture, () => Number.POSITIVE_INFINITY);
      expect(whole).toContain('"severity": "late"');
      for (const size of [1, 2, 3, 7, 100, 65_536]) expect(await answerTo(fixture, () => size)).toBe(whole);
      const cuts = fixture.request.traces === undefined ? CUTS : CUTS_OF_TRACES;
      for (let seed = 0; seed < cuts; seed++) {
        const again = await answerTo(fixture, cutAtRandom(makeRandom(seed)));
        if (again !== whole) expect(again, `seed ${String(seed)}`).toBe(whole);
      }
    },
    TIMEOUT_MS,
  );
});
