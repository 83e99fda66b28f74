import { readdir, readFile } from 'node:fs/promises';

/** Every program that a recording starts has this in its environment, and whatever those start inherits it. */
export const MARK = 'WHYLATE_RECORDING';

/** A process as no other will be again: numbers are used anew, start times are not. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot (proc(5), field 22). */
  readonly startTicks: string;
}

/** @returns null when there is no such process */
export const identify = async (pid: number): Promise<ProcessId | null> => {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'latin1');
    // The name in brackets may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = 'X'] = fields;
    const startTicks = fields[19];
    return startTicks === undefined || 'ZX'.includes(state) ? null : { pid, startTicks };
  } catch {
    return null;
  }
};

/** Whether that very process still runs. */
export const isAlive = async (id: ProcessId): Promise<boolean> =>
  (await identify(id.pid))?.startTicks === id.startTicks;

/** Processes that carry a recording's mark, oldest number first; this one left out. */
export const findMarked = async (recording: string): Promise<number[]> => {
  const wanted = Buffer.from(`${MARK}=${recording}`);
  const found = await Promise.all(
    (await readdir('/proc')).map(async (name) => {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
      try {
        return hasVariable(await readFile(`/proc/${name}/environ`), wanted) ? [Number(name)] : [];
      } catch {
        return [];
      }
    }),
  );
  return found.flat().sort((a, b) => a - b);
};

const hasVariable = (environment: Buffer, wanted: Buffer): boolean => {
  for (let at = environment.indexOf(wanted); at >= 0; at = environment.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if ((at === 0 || environment[at - 1] === 0) && (end === environment.length || environment[end] === 0)) return true;
  }
  return false;
};
