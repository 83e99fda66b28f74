// @ts-check
/** What is fuzzed: each reader, with good inputs to begin from. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { analyze } from '../../dist/analysis.js';
import { requestOf } from '../../dist/model/request.js';
import { renderJson } from '../../dist/reports/json.js';
import { readCapture } from '../../dist/sources/capture/index.js';
import { gunzip } from '../../dist/sources/decompress.js';
import { readKeepalivedLog } from '../../dist/sources/keepalived-log/index.js';
import { recognise } from '../../dist/sources/recognise.js';
import { openTraceInput } from '../../dist/sources/traces.js';
import { readVitals } from '../../dist/sources/vitals.js';
import { encodeCapture } from '../encodings/captures.js';
import { encodeLog } from '../encodings/logs.js';
import { encodeSysdigText } from '../encodings/sysdig-text.js';
import { encodeSysdigJson } from '../encodings/traces.js';

/** @typedef {import('../../dist/model/counters.js').CounterTable} CounterTable */
/** @typedef {AsyncIterable<Uint8Array>} Bytes */
/**
 * @typedef {object} Target
 * @property {string} name
 * @property {'lines' | 'pcap' | 'pcapng' | 'bytes'} structure
 * @property {() => Buffer[]} corpus good inputs
 * @property {(bytes: Bytes, counters: CounterTable) => Promise<string>} read all it gives, as text
 * @property {readonly string[]} secrets that stand in the inputs and must not come out
 */

const session = fileURLToPath(new URL('../../traces/every-source/', import.meta.url));
const straces = ['every-source-strace/strace.txt.gz', 'every-source-strace-yy/trace.strace.gz'];
const scap = fileURLToPath(new URL('../../traces/vm-paused/trace.scap.gz', import.meta.url));

/** The password of the recorded pair. */
const SECRETS = ['notsecre'];
/** A day after the recording (ns since 1970): lines without a year are of the one before that. */
const NEAR_NS = 1_796_000_000_000_000_000n;
/** Inputs are this long (bytes), so that many can be tried. */
const PIECE = 12_000;
const PIECES = 6;

/** @type {(path: string) => Buffer} */
const unpacked = (path) => gunzipSync(readFileSync(path));

/** Some pieces of whole lines, spread over a text, its beginning among them. @type {(text: Buffer) => Buffer[]} */
const piecesOf = (text) => {
  const pieces = [];
  for (let k = 0; k < PIECES; k++) {
    const about = Math.floor((k * text.length) / PIECES);
    const from = k === 0 ? 0 : text.indexOf(0x0a, about) + 1;
    const end = text.indexOf(0x0a, from + PIECE);
    pieces.push(text.subarray(from, end < 0 ? text.length : end + 1));
  }
  return pieces;
};

let scratch = '';
/** A folder of this process alone. */
const scratchFolder = () => {
  if (scratch === '') {
    scratch = mkdtempSync(join(tmpdir(), 'whylate-fuzzing-'));
    process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  }
  return scratch;
};

/** @type {Map<string, Buffer> | null} */
let captures = null;
/** @type {(name: string) => Buffer} */
const captureIn = (name) => {
  captures ??= new Map(
    encodeCapture(join(session, 'capture.receiver.pcap'), scratchFolder()).map((made) => [
      made.name,
      readFileSync(made.path),
    ]),
  );
  return captures.get(name) ?? Buffer.alloc(0);
};

/** @type {(value: unknown) => string} */
const printed = (value) => JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner));

/** All events of a trace as text, hashed as they may be many; the last infos as they are, so that secrets show. @type {(kind: any) => Target['read']} */
const readTrace = (kind) => async (bytes, counters) => {
  /** @type {any} */
  const input = { path: kind, kind, role: 'trace', storage: 'once', statsPath: null, open: () => bytes };
  const { header, batches } = await openTraceInput(input, { where: kind, counters, threads: 1 }, () => undefined);
  const hash = createHash('sha256');
  let events = 0;
  let infos = '';
  for await (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      const { names } = batch;
      const line = batch.firstLine + (batch.line[i] ?? 0);
      const info = batch.info(i);
      hash.update(
        `${batch.time[i]} ${batch.num[i]} ${line} ${batch.cpu[i]} ${batch.tid[i]} ${names.nameOf(batch.type[i] ?? 0)} ${batch.dir[i]} ` +
          `${names.nameOf(batch.comm[i] ?? 0)} ${batch.nextTid[i]} ${names.nameOf(batch.nextComm[i] ?? 0)} ${info}\n`,
      );
      if (infos.length < 200_000) infos += info;
      events++;
    }
    batch.release?.();
  }
  return `${header.baseNs} ${header.clock} ${events} ${hash.digest('hex')} ${kind === 'sysdig-json' ? '' : infos}`;
};

/** @type {(kind: any) => Target['read']} */
const readCaptureOf = (kind) => async (bytes, counters) =>
  printed(await readCapture(kind, bytes, { where: kind, counters }));

/** @type {(bytes: Bytes) => Promise<Buffer>} */
const joined = async (bytes) => {
  const parts = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
};

/** @type {(name: string, structure: Target['structure'], kind: string, ...encodings: string[]) => Target} */
const captureTarget = (name, structure, kind, ...encodings) => ({
  name,
  structure,
  corpus: () => encodings.map(captureIn),
  read: readCaptureOf(kind),
  secrets: SECRETS,
});

/** @type {(kind: string, ...files: string[]) => Target} */
const traceTarget = (kind, ...files) => ({
  name: kind,
  structure: 'lines',
  corpus: () => files.flatMap((file) => piecesOf(unpacked(join(session, file)))),
  read: readTrace(kind),
  secrets: kind === 'strace' ? SECRETS : [],
});

const jsonLines = () => unpacked(join(session, 'trace.jsonl.gz')).toString('utf8').trimEnd().split('\n');

/** Pieces of all forms of sysdig's JSON. */
const jsonCorpus = () => {
  const lines = jsonLines();
  const from = Math.floor(lines.length / 3);
  return encodeSysdigJson(lines.slice(from, from + 80), scratchFolder())
    .filter(({ name }) => !name.endsWith('members'))
    .map(({ paths }) => readFileSync(paths[0] ?? ''));
};

const VITALS = Array.from({ length: 40 }, (_, i) =>
  JSON.stringify({
    ns: String(1_795_344_000_000_000_000n + BigInt(i) * 250_000_000n),
    clock: 'realtime',
    cpu: { 0: { steal: i, iowait: 2 * i }, 1: { steal: 0, iowait: i } },
    pressure: { cpu: { some: 1000 * i } },
  }),
).join('\n');

/** @type {readonly Target[]} */
export const targets = [
  { name: 'sysdig-json', structure: 'lines', corpus: jsonCorpus, read: readTrace('sysdig-json'), secrets: [] },
  {
    name: 'sysdig-text',
    structure: 'lines',
    corpus: () => encodeSysdigText(jsonLines().slice(30_000, 30_120)).map(({ text }) => Buffer.from(text)),
    read: readTrace('sysdig-text'),
    secrets: [],
  },
  // Each input takes sysdig half a second: they are short.
  {
    name: 'scap',
    structure: 'bytes',
    corpus: () => [unpacked(scap).subarray(0, 60_000)],
    read: readTrace('scap'),
    secrets: [],
  },
  traceTarget('perf-script', 'perf.txt.gz'),
  traceTarget('trace-cmd', 'trace-cmd.txt.gz', 'ftrace.txt.gz'),
  traceTarget('strace', ...straces.map((file) => join('..', file))),
  captureTarget(
    'pcap',
    'pcap',
    'pcap',
    'pcap-us',
    'pcap-ns-big-endian',
    'vlan-in-vlan',
    'linux-cooked',
    'linux-cooked-2',
    'raw-ip',
    'bsd-null',
    'bsd-loop',
  ),
  captureTarget('pcapng', 'pcapng', 'pcapng', 'pcapng', 'pcapng-ns'),
  captureTarget(
    'tcpdump-text',
    'lines',
    'tcpdump-text',
    'tcpdump',
    'tcpdump-tt',
    'tcpdump-ttt',
    'tcpdump-tttt',
    'tcpdump-e',
    'tcpdump-v',
    'tcpdump-vvv-e',
    'tcpdump-any',
    'tcpdump-number',
    'tcpdump-names',
  ),
  captureTarget(
    'tshark-fields',
    'lines',
    'tshark-fields',
    'tshark-fields-tab',
    'tshark-fields-header',
    'tshark-fields-quoted',
  ),
  captureTarget('tshark-json', 'lines', 'tshark-json', 'tshark-json'),
  captureTarget('tshark-ek', 'lines', 'tshark-ek', 'tshark-ek'),
  {
    name: 'keepalived-log',
    structure: 'lines',
    corpus: () => encodeLog(readFileSync(join(session, 'keepalived.log'), 'utf8')).map(({ text }) => Buffer.from(text)),
    read: async (bytes, counters) => printed(await readKeepalivedLog(bytes, NEAR_NS, counters)),
    secrets: SECRETS,
  },
  {
    name: 'vitals',
    structure: 'lines',
    corpus: () => [Buffer.from(VITALS)],
    read: async (bytes, counters) => printed(await readVitals(bytes, counters)),
    secrets: [],
  },
  {
    name: 'gzip',
    structure: 'bytes',
    corpus: () => {
      const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = jsonCorpus();
      return [gzipSync(first), Buffer.concat([gzipSync(first), gzipSync(second)])];
    },
    read: async (bytes, counters) =>
      createHash('sha256')
        .update(await joined(gunzip(bytes, 'gzip', counters)))
        .digest('hex'),
    secrets: [],
  },
  {
    name: 'recognise',
    structure: 'lines',
    corpus: () => [
      captureIn('pcap-us'),
      captureIn('pcapng'),
      captureIn('tcpdump'),
      captureIn('tshark-json'),
      captureIn('tshark-fields-tab'),
      ...jsonCorpus(),
      Buffer.from(VITALS),
    ],
    read: async (bytes) => recognise(await joined(bytes)),
    secrets: [],
  },
  {
    name: 'analysis',
    structure: 'lines',
    corpus: () => {
      const lines = jsonLines();
      const around = lines.findIndex((line) => line.includes('19(SIGSTOP)'));
      return [lines.slice(around - 4000, around + 4000)].map((piece) => Buffer.from(`${piece.join('\n')}\n`));
    },
    read: async (bytes) => {
      const path = join(scratchFolder(), 'trace.jsonl');
      mkdirSync(scratchFolder(), { recursive: true });
      writeFileSync(path, await joined(bytes));
      const answer = await analyze(
        requestOf({ traces: [path], captures: [{ name: 'receiver', path: join(session, 'capture.receiver.pcap') }] }),
      );
      for (const { late } of answer.instances) {
        for (const { latenessNs, ledger, id } of late) {
          const sum = ledger.reduce((all, { ns }) => all + BigInt(ns), 0n);
          if (String(sum) !== latenessNs)
            throw new Error(`the ledger of ${id} adds up to ${sum} instead of ${latenessNs}`);
        }
      }
      return renderJson(answer);
    },
    secrets: SECRETS,
  },
];
