import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  analyze,
  COMMAND,
  countJournals,
  isRecording,
  listTools,
  loopbackScript,
  makePlace,
  readSession,
  runCommand,
  startPackets,
  startRecord,
  waitFor,
  type Place,
} from './support/recordings.js';

const SWAPPINESS = '/proc/sys/vm/swappiness';
const readSwappiness = (): string => readFileSync(SWAPPINESS, 'utf8').trim();
const SETTINGS = 'settings: [{sysctl: vm.swappiness, value: 41}]';
/** bpftrace takes ten seconds to begin and to end; where it is not what matters, captures do. */
const NO_TRACER = 'tracer: {kind: none}';

let packets: ChildProcess;
let swappiness = '';
beforeAll(() => {
  swappiness = readSwappiness();
  packets = startPackets();
});
afterAll(() => {
  packets.kill('SIGKILL');
  writeFileSync(SWAPPINESS, swappiness);
});

/** Whatever ended it: no tool runs on, settings are back, and the folder can be analysed. */
const expectWellEnded = (place: Place, role: 'trace' | 'capture', folder = place.folder): void => {
  expect(listTools(readSession(folder).recording)).toEqual([]);
  expect(readSwappiness()).toBe(swappiness);
  expect(countJournals(place)).toBe(0);
  expect(analyze(place, folder).inputs.find((input) => input.role === role)?.records).toBeGreaterThan(0);
};

const pidOf = (place: Place, program: string): number => {
  const { recording } = readSession(place.folder);
  const found = readdirSync('/proc').find((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/comm`, 'utf8').trim() === program &&
        readFileSync(`/proc/${name}/environ`, 'latin1').includes(recording)
      );
    } catch {
      return false;
    }
  });
  return Number(found);
};

describe('a recording', () => {
  it('that goes as planned is complete, and says what was lost and set', async () => {
    const place = makePlace();
    const steps = 'steps: [{at: 500ms, run: [echo, "${run} ${folder}"], expect: {output: "^1 /"}}]';
    const { ended } = startRecord(place, loopbackScript('2s', SETTINGS, steps, 'labels: {site: here}'));
    await waitFor('it records', () => isRecording(place));
    expect(readSwappiness()).toBe('41');
    const { code, printed } = await ended;
    expect({ code, printed }).toEqual({ code: 0, printed: `${place.folder}\n` });
    const session = readSession(place.folder);
    expect(session).toMatchObject({
      complete: true,
      outcome: 'finished',
      labels: { site: 'here' },
      settings: [{ name: 'vm.swappiness', restored: true }],
      steps: [{ exit: 0, met: true, command: ['echo', `1 ${place.folder}`] }],
      loss: { captures: { sender: { dropped: 0 } } },
    });
    expect(session.loss.trace?.offered).toBeGreaterThan(0);
    expect(session.tools.map(({ name }) => name)).toEqual(['capture sender', 'vitals', 'tracer']);
    expect(Object.keys(JSON.parse(readFileSync(join(place.folder, 'environment.json'), 'utf8')) as object)).toContain(
      'kernel.release',
    );
    expectWellEnded(place, 'trace');
    const answer = analyze(place);
    expect(answer.inputs.map(({ role }) => role).sort()).toEqual(['capture', 'trace', 'vitals']);
    expect(answer.counters.map(({ name }) => name)).not.toContain('session_incomplete');
  });

  it('ends well at Ctrl-C', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('60s', SETTINGS));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'interrupted' });
    expectWellEnded(place, 'trace');
    expect(analyze(place).counters.map(({ name }) => name)).toContain('session_incomplete');
  });

  it('ends well when a step fails', async () => {
    const place = makePlace();
    const step = 'steps: [{at: 1500ms, shell: "sleep 1000 & exit 3"}]';
    const { ended } = startRecord(place, loopbackScript('60s', SETTINGS, NO_TRACER, step));
    const { code, said } = await ended;
    expect(code).toBe(1);
    expect(said).toContain('exit code 3, not what is expected of it');
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'step-failed' });
    expectWellEnded(place, 'capture');
  });

  it.each([
    ['bpftrace', []],
    ['tcpdump', [NO_TRACER]],
  ])('ends well when %s dies', async (program, more) => {
    const place = makePlace();
    const { ended } = startRecord(place, loopbackScript('60s', SETTINGS, ...more));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    process.kill(pidOf(place, program), 'SIGKILL');
    const { code, said } = await ended;
    expect(code).toBe(1);
    expect(said).toMatch(/(?:tracer|capture sender) was ended by SIGKILL/);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'tool-ended' });
    expectWellEnded(place, program === 'bpftrace' ? 'trace' : 'capture');
  });

  /** Run with a small disk of its own. */
  const onSmallDisk = async (place: Place, work: (disk: string) => Promise<void>): Promise<void> => {
    const disk = join(place.work, 'disk');
    mkdirSync(disk);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk]).status).toBe(0);
    try {
      await work(disk);
    } finally {
      spawnSync('umount', ['--lazy', disk]);
    }
  };

  it('ends well while the disk still has room', async () => {
    const place = makePlace();
    await onSmallDisk(place, async (disk) => {
      const folder = join(disk, 'session');
      const fill = `steps: [{at: 1500ms, run: [dd, if=/dev/zero, of=${disk}/fill, bs=1M, count=24]}]`;
      const script = loopbackScript('60s', SETTINGS, NO_TRACER, fill, 'reserve: 20MB');
      const { code, said } = await startRecord({ ...place, folder }, script).ended;
      expect(code).toBe(1);
      expect(said).toMatch(/\d+ MB are left on the disk/);
      expect(readSession(folder)).toMatchObject({ complete: false, outcome: 'disk-full' });
      expectWellEnded(place, 'capture', folder);
    });
  });

  it('on a disk that is full all at once is finished when there is room again', async () => {
    const place = makePlace();
    await onSmallDisk(place, async (disk) => {
      const folder = join(disk, 'session');
      const fill = `steps: [{at: 1500ms, shell: 'dd if=/dev/zero of=${disk}/fill bs=64k; true'}]`;
      const script = loopbackScript('60s', SETTINGS, NO_TRACER, fill, 'reserve: 1kB');
      const { code, said } = await startRecord({ ...place, folder }, script).ended;
      expect(code).toBe(1);
      expect(said).toMatch(/the disk is full|0 MB are left on the disk/);
      expect(readSwappiness()).toBe(swappiness);
      expect(listTools(readSession(folder).recording)).toEqual([]);
      analyze(place, folder);
      rmSync(join(disk, 'fill'));
      expect(runCommand(place, ['record', '--recover']).code).toBe(0);
      expectWellEnded(place, 'capture', folder);
    });
  });

  it('does not begin when a setting cannot be made, and puts back those that were', async () => {
    const place = makePlace();
    const settings = 'settings: [{sysctl: vm.swappiness, value: 41}, {sysctl: vm.overcommit_memory, value: 99}]';
    const { code, said } = await startRecord(place, loopbackScript('60s', settings, NO_TRACER)).ended;
    expect(code).toBe(1);
    expect(said).toContain('/proc/sys/vm/overcommit_memory cannot be written (EINVAL)');
    expect(readSwappiness()).toBe(swappiness);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'failed' });
    expect(analyze(place).instances).toEqual([]);
  });
});

describe('a recording that is killed', () => {
  it('is ended, put back and finished by its keeper', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('60s', SETTINGS));
    await waitFor('it records', () => isRecording(place));
    await sleep(2_000);
    expect(readSwappiness()).toBe('41');
    child.kill('SIGKILL');
    await ended;
    await waitFor('the keeper is done', () => countJournals(place) === 0, 60_000);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'killed' });
    expectWellEnded(place, 'trace');
  });

  it('together with its keeper, is recovered when asked for', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('60s', SETTINGS));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    const [journal] = readdirSync(join(place.work, 'state'));
    const { keeper } = JSON.parse(readFileSync(join(place.work, 'state', journal ?? ''), 'utf8')) as {
      keeper: { pid: number };
    };
    process.kill(keeper.pid, 'SIGKILL');
    child.kill('SIGKILL');
    await ended;
    expect(readSwappiness()).toBe('41');
    expect(analyze(place).counters.map(({ name }) => name)).toContain('session_trace_not_rendered');
    const { code, out } = runCommand(place, ['record', '--recover']);
    expect({ code, out }).toEqual({ code: 0, out: `put back: vm.swappiness\nfinished: ${place.folder}\n` });
    expectWellEnded(place, 'trace');
    expect(runCommand(place, ['record', '--recover']).out).toBe('nothing was cut off\n');
  });
});

describe('a recording that npx started', () => {
  it('ends well when npx is killed, which passes nothing on', async () => {
    const place = makePlace();
    const path = join(place.work, 'session.yaml');
    writeFileSync(path, loopbackScript('60s', SETTINGS, NO_TRACER));
    const command = [process.execPath, COMMAND, 'record', path, '--out', place.folder];
    const npx = spawn('sh', ['-c', '"$@"; true', 'sh', ...command], {
      env: { ...place.env, npm_lifecycle_event: 'npx' },
      stdio: 'ignore',
    });
    await waitFor('it records', () => isRecording(place));
    npx.kill('SIGKILL');
    await waitFor('it has ended', () => readSession(place.folder).outcome === 'interrupted');
    await waitFor('its journal is gone', () => countJournals(place) === 0);
    expectWellEnded(place, 'capture');
  });
});

describe('two recordings at once', () => {
  it('do not disturb each other, and do not change the same setting', { timeout: 60_000 }, async () => {
    const places = [makePlace(), makePlace()] as const;
    // One machine has one folder of journals.
    const shared = { ...places[1], env: places[0].env };
    const first = startRecord(places[0], loopbackScript('60s', SETTINGS));
    await waitFor('the first records', () => isRecording(places[0]));
    const refused = await startRecord(shared, loopbackScript('2s', SETTINGS)).ended;
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('is being changed by another recording');
    const third = makePlace();
    const other = startRecord({ ...third, env: places[0].env }, loopbackScript('2s'));
    expect((await other.ended).code).toBe(0);
    expect(listTools(readSession(places[0].folder).recording).join()).toMatch(/tcpdump.*bpftrace/);
    expect(readSwappiness()).toBe('41');
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    for (const { folder } of [places[0], third]) expectWellEnded(places[0], 'trace', folder);
  });
});

describe('the plan', () => {
  it('runs nothing', () => {
    const place = makePlace();
    const path = join(place.work, 'session.yaml');
    writeFileSync(path, loopbackScript('2s', `settings: [{apply: [touch, ${place.work}/touched], restore: ['true']}]`));
    const { code, out } = runCommand(place, ['record', path, '--plan', '--out', place.folder]);
    expect(code).toBe(0);
    expect(out).toContain(`set      touch ${place.work}/touched`);
    expect(out).toContain('tcpdump -i lo');
    expect(readdirSync(place.work)).toEqual(['session.yaml']);
    expect(existsSync(place.folder)).toBe(false);
  });
});
