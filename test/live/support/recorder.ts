/** The recorder of events by itself, without a session around it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { ROOT } from './run.js';

export const RECORD = join(ROOT, 'scripts/recorders/record');

/** A recorder that records into a folder by now; killed with the test. */
export const startRecorder = async (folder: string): Promise<ChildProcess> => {
  const recorder = spawn(RECORD, [folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    recorder.kill('SIGKILL');
  });
  const [said] = (await once(recorder.stdout, 'data')) as [Buffer];
  expect(String(said)).toBe('recording\n');
  return recorder;
};
