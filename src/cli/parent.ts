import { readFileSync } from 'node:fs';

const EVERY_MS = 500;

/** @returns 0 where it is not to be had */
const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
};

/** npx runs a shell that runs the command; either may be the one that ends. */
const ancestors = (): string => `${String(process.ppid)} ${String(parentOf(process.ppid))}`;

/**
 * Notice that npx was ended, which passes no signal on when it is killed. Only for npx: from a shell a recording may well be left to itself.
 *
 * @returns how to stop
 */
export const watchParent = (env: Readonly<Record<string, string | undefined>>, onGone: () => void): (() => void) => {
  if (env['npm_lifecycle_event'] !== 'npx') return () => undefined;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    onGone();
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};
