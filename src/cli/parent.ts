const EVERY_MS = 500;

/**
 * Notice that npx was ended, which passes no signal on when it is killed. Only for npx: from a shell a recording may well be left to itself.
 *
 * @returns how to stop
 */
export const watchParent = (env: Readonly<Record<string, string | undefined>>, onGone: () => void): (() => void) => {
  if (env['npm_lifecycle_event'] !== 'npx') return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};
