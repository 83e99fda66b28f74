import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeFolder, readRows, readStats } from '../recorders/rendering.js';
import { RECORD, startRecorder } from './support/recorder.js';

it('leaves the raw file where it is killed, and says how to render it', async () => {
  const folder = makeFolder();
  const recorder = await startRecorder(folder);
  recorder.kill('SIGKILL');
  await once(recorder, 'exit');
  expect(readdirSync(join(folder, 'parts')).sort()).toEqual(['0001.raw', '0001.start.json']);
  const again = spawnSync(RECORD, [folder], { encoding: 'utf8' });
  expect(again.status).toBe(1);
  const command = /: node (.*)$/m.exec(again.stderr)?.[1]?.split(' ') ?? [];
  // The tracer ends with its shell, in its own time.
  await sleep(1500);
  expect(spawnSync(process.execPath, command).status).toBe(0);
  const rows = readRows(join(folder, 'trace.jsonl.gz'));
  expect(readStats(join(folder, 'trace.stats.txt'))).toMatchObject({ 'Driver Drops': 0, Rows: rows.length });
});
