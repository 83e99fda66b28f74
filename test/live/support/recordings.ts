import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import type { Answer } from '../../../src/model/answer.js';
import type { SessionJson } from '../../../src/sessions/folder/session-json.js';

/** The real command. */
export const COMMAND = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const FLOOD = fileURLToPath(new URL('../../../scripts/lab/flood.pl', import.meta.url));

/** Where one recording and its journal lie. */
export interface Place {
  readonly work: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

export const makePlace = (): Place => {
  const work = mkdtempSync(join(tmpdir(), 'recording-'));
  return { work, folder: join(work, 'session'), env: { ...process.env, WHYLATE_STATE_DIR: join(work, 'state') } };
};

/** Start `whylate record` with a script; its messages are in `said` when it has ended. */
export const startRecord = (
  place: Place,
  script: string,
  args: readonly string[] = [],
): { child: ChildProcess; ended: Promise<{ code: number | null; printed: string; said: string }> } => {
  const path = join(place.work, 'session.yaml');
  writeFileSync(path, script);
  const child = spawn(process.execPath, [COMMAND, 'record', path, '--out', place.folder, ...args], {
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<{ code: number | null; printed: string; said: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, printed, said });
    });
  });
  return { child, ended };
};

export const runCommand = (
  place: Place,
  args: readonly string[],
): { code: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    env: place.env,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  return { code: status, out: stdout, err: stderr };
};

/** The answer about a folder; the command must give one. */
export const analyze = (place: Place, folder = place.folder): Answer => {
  const { code, out, err } = runCommand(place, ['analyze', '--json', folder]);
  if (code !== 0) throw new Error(`analyze ended with ${String(code)}: ${err}`);
  return JSON.parse(out) as Answer;
};

export const readSession = (folder: string): SessionJson =>
  JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')) as SessionJson;

/** Wait until something holds. */
export const waitFor = async (what: string, holds: () => boolean, patienceMs = 30_000): Promise<void> => {
  for (let waited = 0; !holds(); waited += 50) {
    if (waited > patienceMs) throw new Error(`waited ${String(patienceMs / 1000)} s in vain until ${what}`);
    await sleep(50);
  }
};

export const isRecording = ({ folder }: Place): boolean =>
  existsSync(join(folder, 'session.json')) && readSession(folder).startNs !== null;

/** Command lines of the programs that the recordings of a place started and that still run. */
export const listTools = (recording: string): string[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const marked = readFileSync(`/proc/${name}/environ`, 'latin1').includes(`WHYLATE_RECORDING=${recording}`);
      return marked ? [readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ')] : [];
    } catch {
      return [];
    }
  });

/** How many journals of a place are left. */
export const countJournals = ({ work }: Place): number => {
  const state = join(work, 'state');
  return existsSync(state) ? readdirSync(state).length : 0;
};

/** A virtual router of this process's own, for others may send on the loopback as well. */
const VRID = 1 + (process.pid % 250);

/** Something that sends VRRP on the loopback ten times a second while a file's tests run: packets to capture without a keepalived. */
export const usePackets = (): { readonly kill: (signal: NodeJS.Signals) => void } => {
  let packets: ChildProcess | null = null;
  const kill = (signal: NodeJS.Signals): void => {
    packets?.kill(signal);
  };
  beforeAll(() => {
    packets = spawn('perl', [FLOOD, 'lo', '2', '4', String(VRID), '0.1'], { stdio: 'ignore' });
  });
  afterAll(() => {
    kill('SIGKILL');
  });
  return { kill };
};

/** A script that records the loopback; more lines can be given, a tracer among them. */
export const loopbackScript = (duration: string, ...more: readonly string[]): string =>
  [
    'name: loopback',
    `sender: {vrid: ${String(VRID)}, interface: lo}`,
    'captures: [{name: sender, interface: lo}]',
    ...(more.some((line) => line.startsWith('tracer:')) ? [] : ['tracer: {kind: bpftrace}']),
    `duration: ${duration}`,
    'late_after: 500ms',
    ...more,
    '',
  ].join('\n');
