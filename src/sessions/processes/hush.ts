/**
 * bpftrace throws away what it has not printed yet when it is told to end; on a busy machine that is seconds. So the recorder is told
 * first to record no more (scripts/recorders/trace.bt), and to end when it has printed everything.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './send.js';

/** trace.bt looks for it; it does nothing else to a program. */
const RECORD_NO_MORE = 'SIGURG';
/** Longer than a program with something to do sleeps (ms). */
const ROUND_MS = 100;
/** So long may it print what it holds (ms): full buffers take some seconds. */
const PATIENCE_MS = 10_000;

/** Who has written less than this (bytes) has not begun to record, and holds nothing. */
const BEGUN = 4096;

interface Progress {
  readonly isAsleep: boolean;
  /** Bytes so far. */
  readonly written: number;
}

const progressOf = async (pid: number): Promise<Progress> => {
  const read = (file: string): Promise<string> => readFile(`/proc/${String(pid)}/${file}`, 'utf8');
  const [status, io] = await Promise.all([read('status'), read('io')]);
  return { isAsleep: /^State:\tS/m.test(status), written: Number(/^wchar: (\d+)$/m.exec(io)?.[1] ?? 0) };
};

/** Whether a process is bpftrace. */
export const isBpftrace = async (pid: number): Promise<boolean> => {
  const name = await readFile(`/proc/${String(pid)}/comm`, 'utf8').catch(() => '');
  return name.trim() === 'bpftrace';
};

/** Tell the recorder to record no more, and wait until it sleeps and writes nothing, or has ended, or for ten seconds; not at all where it has not begun. */
export const hush = async (pid: number, patienceMs = PATIENCE_MS): Promise<void> => {
  send(pid, RECORD_NO_MORE);
  send(pid, 'SIGCONT');
  let before = -1;
  for (let waited = 0; waited < patienceMs; waited += ROUND_MS) {
    try {
      const { isAsleep, written } = await progressOf(pid);
      if (written < BEGUN || (isAsleep && written === before)) return;
      before = isAsleep ? written : -1;
    } catch {
      return;
    }
    await sleep(ROUND_MS);
  }
};
