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

/** What a process has written so far (bytes), while it sleeps; null while it works. */
const writtenAtRest = async (pid: number): Promise<string | null> => {
  const read = (file: string): Promise<string> => readFile(`/proc/${String(pid)}/${file}`, 'utf8');
  const [status, io] = await Promise.all([read('status'), read('io')]);
  return /^State:\tS/m.test(status) ? (/^wchar: (\d+)$/m.exec(io)?.[1] ?? null) : null;
};

/** Whether a process is bpftrace. */
export const isBpftrace = async (pid: number): Promise<boolean> => {
  const name = await readFile(`/proc/${String(pid)}/comm`, 'utf8').catch(() => '');
  return name.trim() === 'bpftrace';
};

/** Tell the recorder to record no more, and wait until it sleeps and writes nothing, or has ended, or for ten seconds. */
export const hush = async (pid: number, patienceMs = PATIENCE_MS): Promise<void> => {
  send(pid, RECORD_NO_MORE);
  send(pid, 'SIGCONT');
  let before: string | null = null;
  for (let waited = 0; waited < patienceMs; waited += ROUND_MS) {
    try {
      const now = await writtenAtRest(pid);
      if (now !== null && now === before) return;
      before = now;
    } catch {
      return;
    }
    await sleep(ROUND_MS);
  }
};
