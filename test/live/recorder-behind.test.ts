/** A busy machine: what the tracer has not printed yet when it is told to end is not lost. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder, readRows, readStats } from '../recorders/rendering.js';
import { startRecorder } from './support/recorder.js';

/** Two processes that wake each other without end. */
const PING_PONG = `
  pipe(A, B); pipe(C, D);
  if (fork) { while (1) { syswrite B, "x"; sysread C, $x, 1 or exit } }
  else { close B; close C; while (1) { sysread A, $x, 1 or exit; syswrite D, "x" } }`;

it('prints what it holds before it ends', async () => {
  const folder = makeFolder();
  const recorder = await startRecorder(folder);
  const busy = spawn('perl', ['-e', PING_PONG], { stdio: 'ignore' });
  onTestFinished(() => {
    busy.kill('SIGKILL');
  });
  const tracer = Number(execFileSync('pgrep', ['-P', String(recorder.pid), '-x', 'bpftrace'], { encoding: 'utf8' }));
  await sleep(300);
  process.kill(tracer, 'SIGSTOP');
  await sleep(1500);
  const toldAt = Date.now();
  process.kill(tracer, 'SIGCONT');
  await sleep(50);
  recorder.kill('SIGTERM');
  expect(await once(recorder, 'exit')).toEqual([0, null]);
  const rows = readRows(join(folder, 'trace.jsonl.gz'));
  expect(readStats(join(folder, 'trace.stats.txt'))).toMatchObject({ 'Driver Drops': 0, Rows: rows.length });
  expect(rows.length).toBeGreaterThan(5_000);
  expect((rows.at(-1)?.['evt.outputtime'] ?? 0) / 1e6).toBeGreaterThanOrEqual(toldAt);
});
