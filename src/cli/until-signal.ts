import type { ExitCode } from './exit-codes.js';
import type { World } from './world.js';

/** What came first: the end of the work, or a signal that asks to end. */
export type UntilSignal<T> = { readonly done: T } | { readonly signal: ExitCode };

/**
 * Work until it is done or a signal comes, whichever is first. At a signal the work is told to stop and not waited for.
 *
 * @throws what the work throws
 */
export const untilSignal = async <T>(
  world: World,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<UntilSignal<T>> => {
  const abort = new AbortController();
  let ignoreSignals = (): void => undefined;
  const signalled = new Promise<UntilSignal<T>>((resolve) => {
    ignoreSignals = world.onSignal((signal) => {
      resolve({ signal });
      abort.abort();
    });
  });
  try {
    return await Promise.race([signalled, work(abort.signal).then((done) => ({ done }))]);
  } finally {
    ignoreSignals();
  }
};
