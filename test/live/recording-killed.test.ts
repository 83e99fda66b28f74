/** What ends a recording that is killed, or whose npx is. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectWellEnded, MADE, NO_TRACER, useSetting } from './support/ending.js';
import {
  analyze,
  COMMAND,
  countJournals,
  isRecording,
  loopbackScript,
  makePlace,
  readSession,
  runCommand,
  startRecord,
  usePackets,
  waitFor,
} from './support/recordings.js';

const setting = useSetting('vm.vfs_cache_pressure');

usePackets();

describe('a recording that is killed', () => {
  it('is ended, put back and finished by its keeper', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('60s', setting.line));
    await waitFor('it records', () => isRecording(place));
    await sleep(2_000);
    expect(setting.read()).toBe(MADE);
    child.kill('SIGKILL');
    await ended;
    await waitFor('the keeper is done', () => countJournals(place) === 0, 60_000);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'killed' });
    expectWellEnded(place, setting, 'trace');
  });

  it('together with its keeper, is recovered when asked for', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('60s', setting.line));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    const [journal] = readdirSync(join(place.work, 'state'));
    const { keeper } = JSON.parse(readFileSync(join(place.work, 'state', journal ?? ''), 'utf8')) as {
      keeper: { pid: number };
    };
    process.kill(keeper.pid, 'SIGKILL');
    child.kill('SIGKILL');
    await ended;
    expect(setting.read()).toBe(MADE);
    expect(analyze(place).counters.map(({ name }) => name)).toContain('session_trace_not_rendered');
    const { code, out } = runCommand(place, ['record', '--recover']);
    expect({ code, out }).toEqual({ code: 0, out: `put back: ${setting.name}\nfinished: ${place.folder}\n` });
    expectWellEnded(place, setting, 'trace');
    expect(runCommand(place, ['record', '--recover']).out).toBe('nothing was cut off\n');
  });
});

describe('a recording that npx started', () => {
  it('ends well when npx is killed, which passes nothing on', async () => {
    const place = makePlace();
    const path = join(place.work, 'session.yaml');
    writeFileSync(path, loopbackScript('60s', setting.line, NO_TRACER));
    const command = [process.execPath, COMMAND, 'record', path, '--out', place.folder];
    const npx = spawn('sh', ['-c', '"$@"; true', 'sh', ...command], {
      env: { ...place.env, npm_lifecycle_event: 'npx' },
      stdio: 'ignore',
    });
    await waitFor('it records', () => isRecording(place));
    npx.kill('SIGKILL');
    await waitFor('it has ended', () => readSession(place.folder).outcome === 'interrupted');
    await waitFor('its journal is gone', () => countJournals(place) === 0);
    expectWellEnded(place, setting, 'capture');
  });
});
