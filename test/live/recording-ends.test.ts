/** What ends a recording that can still end itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectWellEnded, MADE, NO_TRACER, pidOf, useSetting } from './support/ending.js';
import {
  analyze,
  isRecording,
  listTools,
  loopbackScript,
  makePlace,
  readSession,
  runCommand,
  startRecord,
  usePackets,
  waitFor,
  type Place,
} from './support/recordings.js';

const setting = useSetting('vm.swappiness');

usePackets();

describe('a recording', () => {
  it('that goes as planned is complete, and says what was lost and set', async () => {
    const place = makePlace();
    const steps = 'steps: [{at: 500ms, run: [echo, "${run} ${folder}"], expect: {output: "^1 /"}}]';
    const { ended } = startRecord(place, loopbackScript('2s', setting.line, steps, 'labels: {site: here}'));
    await waitFor('it records', () => isRecording(place));
    expect(setting.read()).toBe(MADE);
    const { code, printed } = await ended;
    expect({ code, printed }).toEqual({ code: 0, printed: `${place.folder}\n` });
    const session = readSession(place.folder);
    expect(session).toMatchObject({
      complete: true,
      outcome: 'finished',
      labels: { site: 'here' },
      settings: [{ name: setting.name, restored: true }],
      steps: [{ exit: 0, met: true, command: ['echo', `1 ${place.folder}`] }],
      loss: { captures: { sender: { dropped: 0 } } },
    });
    expect(session.loss.trace?.offered).toBeGreaterThan(0);
    expect(session.tools.map(({ name }) => name)).toEqual(['capture sender', 'vitals', 'tracer']);
    expect(Object.keys(JSON.parse(readFileSync(join(place.folder, 'environment.json'), 'utf8')) as object)).toContain(
      'kernel.release',
    );
    expectWellEnded(place, setting, 'trace');
    const answer = analyze(place);
    expect(answer.inputs.map(({ role }) => role).sort()).toEqual(['capture', 'trace', 'vitals']);
    expect(answer.counters.map(({ name }) => name)).not.toContain('session_incomplete');
  });

  it('ends well at Ctrl-C', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('60s', setting.line));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'interrupted' });
    expectWellEnded(place, setting, 'trace');
    expect(analyze(place).counters.map(({ name }) => name)).toContain('session_incomplete');
  });

  it('ends well when a step fails', async () => {
    const place = makePlace();
    const step = 'steps: [{at: 1500ms, shell: "sleep 1000 & exit 3"}]';
    const { ended } = startRecord(place, loopbackScript('60s', setting.line, NO_TRACER, step));
    const { code, said } = await ended;
    expect(code).toBe(1);
    expect(said).toContain('exit code 3, not what is expected of it');
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'step-failed' });
    expectWellEnded(place, setting, 'capture');
  });

  it.each([
    ['bpftrace', []],
    ['tcpdump', [NO_TRACER]],
  ])('ends well when %s dies', async (program, more) => {
    const place = makePlace();
    const { ended } = startRecord(place, loopbackScript('60s', setting.line, ...more));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    process.kill(pidOf(place, program), 'SIGKILL');
    const { code, said } = await ended;
    expect(code).toBe(1);
    expect(said).toMatch(/(?:tracer|capture sender) was ended by SIGKILL/);
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'tool-ended' });
    expectWellEnded(place, setting, program === 'bpftrace' ? 'trace' : 'capture');
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
      const script = loopbackScript('60s', setting.line, NO_TRACER, fill, 'reserve: 20MB');
      const { code, said } = await startRecord({ ...place, folder }, script).ended;
      expect(code).toBe(1);
      expect(said).toMatch(/\d+ MB are left on the disk/);
      expect(readSession(folder)).toMatchObject({ complete: false, outcome: 'disk-full' });
      expectWellEnded(place, setting, 'capture', folder);
    });
  });

  it('on a disk that is full all at once is finished when there is room again', async () => {
    const place = makePlace();
    await onSmallDisk(place, async (disk) => {
      const folder = join(disk, 'session');
      const fill = `steps: [{at: 1500ms, shell: 'dd if=/dev/zero of=${disk}/fill bs=64k; true'}]`;
      const script = loopbackScript('60s', setting.line, NO_TRACER, fill, 'reserve: 1kB');
      const { code, said } = await startRecord({ ...place, folder }, script).ended;
      expect(code).toBe(1);
      expect(said).toMatch(/the disk is full|0 MB are left on the disk/);
      expect(setting.read()).toBe(setting.before());
      expect(listTools(readSession(folder).recording)).toEqual([]);
      analyze(place, folder);
      rmSync(join(disk, 'fill'));
      expect(runCommand(place, ['record', '--recover']).code).toBe(0);
      expectWellEnded(place, setting, 'capture', folder);
    });
  });

  it('does not begin when a setting cannot be made, and puts back those that were', async () => {
    const place = makePlace();
    const settings = setting.line.replace(']', ', {sysctl: vm.overcommit_memory, value: 99}]');
    const { code, said } = await startRecord(place, loopbackScript('60s', settings, NO_TRACER)).ended;
    expect(code).toBe(1);
    expect(said).toContain('/proc/sys/vm/overcommit_memory cannot be written (EINVAL)');
    expect(setting.read()).toBe(setting.before());
    expect(readSession(place.folder)).toMatchObject({ complete: false, outcome: 'failed' });
    expect(analyze(place).instances).toEqual([]);
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
