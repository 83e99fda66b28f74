import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { SessionFigures } from '../../../src/model/session-figures.js';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own for a test, removed afterwards. */
export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'compared-'));
  made.push(folder);
  return folder;
};

/** Files by name; objects are written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** Write files, last modified a minute ago so that they are not too young to be trusted. */
export const writeFiles = (folder: string, files: Files): string => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    age(join(folder, name), 60);
  }
  return folder;
};

/** Have a file last modified so many seconds ago. */
export const age = (path: string, seconds: number): void => {
  const at = new Date(Date.now() - 1000 * seconds);
  utimesSync(path, at, at);
};

/** A copy of a recording in traces/, as old as {@link writeFiles} makes files. */
export const copyRecording = (name: string, folder: string): string => {
  cpSync(fileURLToPath(new URL(`../../../traces/${name}`, import.meta.url)), folder, { recursive: true });
  for (const file of readdirSync(folder)) age(join(folder, file), 60);
  return folder;
};

/** A session.json as a recording leaves it. */
export const sessionJson = (over: Files = {}): Files => ({
  schemaVersion: 1,
  kind: 'session',
  tool: { name: 'whylate', version: '0.1.0' },
  recording: 'mi1-1-0a0b0c0d',
  name: 'demo',
  run: 'rt-1',
  labels: { variant: 'rt' },
  complete: true,
  outcome: 'finished',
  startNs: '1795884289000000000',
  sender: { vrid: 205, interface: 'vs-x1', namespace: null, process: 'keepalived', pid: 7 },
  points: [{ name: 'sender' }, { name: 'receiver' }],
  tools: [
    { name: 'capture sender', version: '4.99.3', command: ['tcpdump', '-i', 'vs-x1'], end: null },
    { name: 'tracer', version: '0.17.0', command: ['nice', '-n', '-20', 'bpftrace', '-B', 'full'], end: null },
  ],
  script: { name: 'demo', duration: '2m', steps: [{ at: '4s', run: ['scripts/lab/fault', 'sigstop'] }] },
  ...over,
});

/** Figures of a session in which little happened. */
export const figures = (over: Partial<SessionFigures> = {}): SessionFigures => ({
  firstNs: '1795884289000000000',
  lastNs: '1795884299000000000',
  recordedNs: '10000000000',
  routers: [
    {
      vrid: 205,
      family: 'ipv4',
      version: 2,
      source: '10.0.0.1',
      destination: '224.0.0.18',
      intervalNs: '1000000000',
      masterDownNs: '3600000000',
      advertisements: 11,
    },
  ],
  leftOut: [],
  advertisements: 11,
  gaps: 10,
  lateness: 'AAAA',
  measuredAt: ['receiver'],
  late: 1,
  pastMasterDown: 0,
  takeovers: 0,
  causes: [{ cause: 'stopped', late: 1, ns: '250000000' }],
  culprits: [{ cause: 'stopped', process: 'bash', syscall: null, target: null, late: 1, ns: '250000000' }],
  loss: [{ role: 'trace', name: null, known: true, dropped: 0, offered: 1000 }],
  counters: [],
  ...over,
});
