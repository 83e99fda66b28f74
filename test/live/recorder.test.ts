import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder, readRows, readStats, type Row } from '../recorders/rendering.js';

const RECORD = join(import.meta.dirname, '../../scripts/recorders/record');
/** Version 1 of the freezer where it is mounted, else version 2. */
const FREEZER = '/sys/fs/cgroup/freezer';

/** A process called keepalived that sleeps. */
const startSleeper = (folder: string): ChildProcess => {
  const program = join(folder, 'keepalived');
  copyFileSync('/bin/sleep', program);
  const sleeper = spawn(program, ['60']);
  onTestFinished(() => {
    sleeper.kill('SIGKILL');
  });
  return sleeper;
};

const startRecording = async (folder: string): Promise<ChildProcess> => {
  const recorder = spawn(RECORD, [folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    recorder.kill('SIGKILL');
  });
  const [said] = (await once(recorder.stdout, 'data')) as [Buffer];
  expect(String(said)).toBe('recording\n');
  return recorder;
};

/** Freeze and thaw a process by its control group; the file that does it. */
const freeze = async (pid: number): Promise<string> => {
  const first = existsSync(FREEZER);
  const group = join(first ? FREEZER : '/sys/fs/cgroup', `recorded-${String(pid)}`);
  mkdirSync(group);
  const file = join(group, first ? 'freezer.state' : 'cgroup.freeze');
  writeFileSync(join(group, 'cgroup.procs'), String(pid));
  writeFileSync(file, first ? 'FROZEN' : '1');
  await sleep(100);
  writeFileSync(file, first ? 'THAWED' : '0');
  writeFileSync(join(group, '..', 'cgroup.procs'), String(pid));
  await sleep(100);
  rmdirSync(group);
  return file;
};

it('records who stops and freezes a sender, and every CPU’s beats', async () => {
  const folder = makeFolder();
  const recorder = await startRecording(folder);
  const sleeper = startSleeper(folder);
  await sleep(500);
  const pid = sleeper.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await sleep(300);
  process.kill(pid, 'SIGCONT');
  const file = await freeze(pid);
  await sleep(800);
  recorder.kill('SIGTERM');
  expect(await once(recorder, 'exit')).toEqual([0, null]);
  expect(readdirSync(folder).sort()).toEqual(['keepalived', 'trace.jsonl.gz', 'trace.stats.txt']);

  const rows = readRows(join(folder, 'trace.jsonl.gz'));
  const find = (type: string, info: RegExp): Row | undefined =>
    rows.find((row) => row['evt.type'] === type && info.test(row['evt.info']));
  const target = `pid=${String(pid)}\\(keepalived\\) sig=`;
  const stop = find('kill', new RegExp(`^${target}19\\(SIGSTOP\\) $`));
  const go = find('kill', new RegExp(`^${target}18\\(SIGCONT\\) $`));
  expect(stop?.['thread.tid']).toBe(process.pid);
  expect((go?.['evt.outputtime'] ?? 0) - (stop?.['evt.outputtime'] ?? 0)).toBeGreaterThan(250e6);
  expect(find('signaldeliver', new RegExp(`dpid=${String(pid)}\\(keepalived\\) sig=19`))).toBeDefined();
  expect(find('switch', /prev_state=T/)?.['thread.tid']).toBe(pid);
  const waker = `^tid=${String(pid)}\\(keepalived\\) target_cpu=\\d+ by=thread waker=${String(process.pid)}\\(`;
  expect(find('sched_wakeup', new RegExp(waker))).toBeDefined();
  const write = find('write', new RegExp(`^fd=\\d+\\(<f>${file}\\) size=\\d `));
  expect(write?.['evt.dir']).toBe('>');
  expect(find('write', /^res=\d data=(?:FROZEN|1) $/)).toBeDefined();

  const stats = readStats(join(folder, 'trace.stats.txt'));
  expect(stats).toMatchObject({ 'Driver Drops': 0, 'Malformed Lines': 0, 'Late Lines': 0, Rows: rows.length });
  const seconds = ((rows.at(-1)?.['evt.outputtime'] ?? 0) - (rows[0]?.['evt.outputtime'] ?? 0)) / 1e9;
  for (let cpu = 0; cpu < cpus().length; cpu++) {
    const beats = rows.filter((row) => row['evt.type'] === 'heartbeat' && row['evt.cpu'] === cpu);
    expect(beats.length).toBeGreaterThan(0.8 * 33 * seconds);
    expect(beats.at(-1)?.['evt.info']).toMatch(/^irq_ns=\d+ softirq_ns=\d+ $/);
  }
});

it('leaves the raw file where it is killed, and says how to render it', async () => {
  const folder = makeFolder();
  const recorder = await startRecording(folder);
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
