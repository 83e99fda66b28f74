import { setTimeout as sleep } from 'node:timers/promises';
import { hush, isBpftrace } from './hush.js';
import { findMarked } from './mark.js';
import { send } from './send.js';

const ROUND_MS = 50;

interface Way {
  readonly signal: NodeJS.Signals;
  readonly patience: number;
}

/** What is sent to processes that are to end, and for how long it is waited for (ms); bpftrace takes ten seconds. */
const WAYS: readonly Way[] = [
  { signal: 'SIGINT', patience: 3_000 },
  { signal: 'SIGTERM', patience: 20_000 },
  { signal: 'SIGKILL', patience: 3_000 },
];

/**
 * End everything that a recording started and that still runs: politely, so that tools write what they hold, then surely.
 *
 * @returns how many would not end
 */
export const endMarked = async (recording: string, ways = WAYS): Promise<number> => {
  const begun = await findMarked(recording);
  await Promise.all(begun.map(async (pid) => ((await isBpftrace(pid)) ? hush(pid) : undefined)));
  for (const { signal, patience } of ways) {
    const told = new Set<number>();
    for (let waited = 0; waited < patience; waited += ROUND_MS) {
      const left = await findMarked(recording);
      // Twice nobody: between the two looks a program that was just being started has its own environment.
      if (left.length === 0 && waited > 0) return 0;
      for (const pid of left) {
        if (told.has(pid)) continue;
        told.add(pid);
        send(pid, signal);
        send(pid, 'SIGCONT');
      }
      await sleep(ROUND_MS);
    }
  }
  return (await findMarked(recording)).length;
};
