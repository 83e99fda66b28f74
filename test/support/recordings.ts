/** The repository's recordings with their truth, and ways to put changed copies of them before the analysis. */
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { analyze } from '../../src/analysis.js';
import type { Answer, AnswerInstance, Cause, LateAdvertisement } from '../../src/model/answer.js';
import { requestOf, type AnalyzeRequest } from '../../src/model/request.js';
import { parsePcap, printPcap, type CaptureChange } from './transform-capture.js';
import { parseRow, printRow, type TraceChange, type TraceRow } from './transform-trace.js';

export interface Fault {
  readonly kind: string;
  readonly start_ns: string;
  readonly end_ns: string;
  readonly culprit: string | null;
  readonly syscall?: string;
  readonly path?: string;
  readonly late: boolean;
}

export interface Truth {
  readonly sender: string;
  readonly captures: readonly string[];
  readonly faults: readonly Fault[];
}

const folderOf = (name: string): string => fileURLToPath(new URL(`../../traces/${name}`, import.meta.url));

export const readTruth = (name: string): Truth =>
  JSON.parse(readFileSync(join(folderOf(name), 'truth.json'), 'utf8')) as Truth;

const cached = new Map<string, TraceRow[]>();

/** The rows of a recording, in file order. The last recording asked for is kept. */
export const readRows = (name: string): TraceRow[] => {
  let rows = cached.get(name);
  if (!rows) {
    cached.clear();
    const text = gunzipSync(readFileSync(join(folderOf(name), 'trace.jsonl.gz'))).toString('utf8');
    rows = text.trimEnd().split('\n').map(parseRow);
    cached.set(name, rows);
  }
  return rows;
};

/** In parts: the text of a large trace at once costs more than its analysis. */
const writeRows = (path: string, rows: readonly TraceRow[], print: (row: TraceRow) => string): void => {
  const file = openSync(path, 'w');
  for (let at = 0; at < rows.length; at += 4096) {
    let text = '';
    for (const row of rows.slice(at, at + 4096)) text += `${print(row)}\n`;
    writeSync(file, text);
  }
  closeSync(file);
};

/** What to change on a recording before it is analysed. */
export interface Variant {
  readonly trace?: TraceChange;
  readonly print?: (row: TraceRow) => string;
  /** false: without the trace, or without any capture. */
  readonly withTrace?: boolean;
  readonly withCaptures?: boolean;
  readonly captures?: Readonly<Record<string, CaptureChange>>;
  /** Write this capture as text instead. */
  readonly text?: Readonly<Record<string, (packets: ReturnType<typeof parsePcap>['packets']) => string>>;
  readonly request?: Partial<AnalyzeRequest>;
}

/** Analyse a recording as it is, or a changed copy of it. */
export const analyzeVariant = async (name: string, variant: Variant = {}): Promise<Answer> => {
  const folder = folderOf(name);
  const scratch = mkdtempSync(join(tmpdir(), 'whylate-variant-'));
  try {
    const traces: string[] = [];
    if (variant.withTrace !== false) {
      if (variant.trace === undefined && variant.print === undefined) traces.push(join(folder, 'trace.jsonl.gz'));
      else {
        const rows = (variant.trace ?? ((all) => [...all]))(readRows(name));
        const path = join(scratch, 'trace.jsonl');
        writeRows(path, rows, variant.print ?? printRow);
        traces.push(path);
      }
    }
    const captures = variant.withCaptures === false ? [] : readTruth(name).captures;
    const given = captures.map((point) => {
      const path = join(folder, `capture.${point}.pcap`);
      const change = variant.captures?.[point];
      const text = variant.text?.[point];
      if (!change && !text) return { name: point, path };
      const file = parsePcap(readFileSync(path));
      const packets = change ? change(file.packets) : file.packets;
      mkdirSync(join(scratch, point));
      const copy = join(scratch, point, text ? 'capture.txt' : 'capture.pcap');
      writeFileSync(copy, text ? text(packets) : printPcap({ header: file.header, packets }));
      return { name: point, path: copy };
    });
    return await analyze(requestOf({ traces, captures: given, ...variant.request }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

/** The sender's instance. */
export const senderOf = (answer: Answer, truth: Truth): AnswerInstance => {
  const found = answer.instances.find(({ source }) => source === truth.sender);
  if (!found) throw new Error(`no instance of ${truth.sender}`);
  return found;
};

/** What an advertisement was late by, as one line. */
export const lateLines = (lates: readonly LateAdvertisement[]): string[] =>
  lates.map(({ id, latenessNs }) => `${id} ${latenessNs}`);

const CAUSE_OF: Readonly<Record<string, Cause>> = {
  'signal-stop': 'stopped',
  frozen: 'stopped',
  'ptrace-stop': 'stopped',
  'cpu-starved': 'cpu-contention',
  'path-loss-between': 'path-loss',
};

/** The cause the truth asks for. */
export const causeOf = (fault: Fault): Cause => CAUSE_OF[fault.kind] ?? (fault.kind as Cause);

const SLACK = 50_000_000n;

/** The worst late advertisement that overlaps a fault (the clock of the truth is the trace's). */
export const findLateOf = (
  fault: Fault,
  lates: readonly LateAdvertisement[],
  shift = 0n,
): LateAdvertisement | undefined => {
  const start = BigInt(fault.start_ns) + shift - SLACK;
  const end = BigInt(fault.end_ns) + shift + SLACK;
  return lates
    .filter((late) => BigInt(late.sentNs) > start && BigInt(late.previousNs) < end)
    .reduce<LateAdvertisement | undefined>(
      (a, b) => (a === undefined || BigInt(b.latenessNs) > BigInt(a.latenessNs) ? b : a),
      undefined,
    );
};

/**
 * The culprit in the words of the truth: who, by which call, on what.
 *
 * @param namelessSockets nothing but the message tells that a socket is the log's: its calls print no descriptor
 */
export const describeCulprit = (late: LateAdvertisement, fault: Fault, namelessSockets = false): string => {
  const { culprit, cause } = late;
  switch (cause) {
    case 'stopped':
    case 'cpu-contention':
      return culprit?.process ?? 'nobody';
    case 'cpu-throttled':
    case 'sender-restart':
      return culprit?.process ?? fault.culprit ?? 'nobody';
    case 'blocked-syscall':
    case 'send-failed': {
      const call = (fault.syscall ?? '').split('|').includes(culprit?.syscall ?? '?')
        ? 'its call'
        : String(culprit?.syscall);
      const named = (culprit?.target ?? '').includes(fault.path ?? '');
      const told = namelessSockets && fault.path === '/dev/log' && culprit?.target === 'log socket';
      const target = named || told ? 'its target' : String(culprit?.target);
      return `${culprit?.process ?? 'nobody'} ${call} ${target}`;
    }
    case 'rearmed-by-packet':
      return culprit?.target ?? 'nobody';
    default:
      return 'nobody';
  }
};

/** {@link describeCulprit} as it should be. */
export const expectedCulprit = (fault: Fault): string => {
  switch (causeOf(fault)) {
    case 'stopped':
    case 'cpu-contention':
    case 'cpu-throttled':
    case 'sender-restart':
      return fault.culprit ?? 'nobody';
    case 'blocked-syscall':
    case 'send-failed':
      return `${fault.culprit ?? 'nobody'} its call its target`;
    case 'rearmed-by-packet':
      return fault.path ?? 'nobody';
    default:
      return 'nobody';
  }
};
