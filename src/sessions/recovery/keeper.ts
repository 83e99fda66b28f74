#!/usr/bin/env node
/**
 * The keeper of one recording: a process of its own that waits until the recorder is gone. When the recorder did not take its leave, as when it was
 * killed, it ends the tools, puts the settings back and finishes the folder.
 *
 * node keeper.js JOURNAL, with a pipe from the recorder as its input: a byte means that all is in order, its end alone that it is not.
 */
import { recoverJournal } from './recover.js';

const [journal] = process.argv.slice(2);
// It is not to be found, and ended, by a name that is meant for the recorder.
process.title = 'vrrp-recording-keeper';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const isInOrder = await new Promise<boolean>((resolve) => {
  process.stdin.once('data', () => {
    resolve(true);
  });
  process.stdin.once('end', () => {
    resolve(false);
  });
  process.stdin.once('error', () => {
    resolve(false);
  });
});
if (!isInOrder && journal !== undefined) {
  const recovered = await recoverJournal(journal).catch(() => null);
  process.exitCode = recovered?.failures.length === 0 ? 0 : 1;
}
process.exit();
