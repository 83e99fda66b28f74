import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder, readRows, readStats, type Row } from '../recorders/rendering.js';
import { startRecorder } from './support/recorder.js';

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
  const recorder = await startRecorder(folder);
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
  const itsSwitches = rows.filter((row) => row['evt.type'] === 'switch' && row['thread.tid'] === pid);
  expect(itsSwitches.some((row) => row['evt.info'].includes('prev_state=T'))).toBe(true);
  const waker = `^tid=${String(pid)}\\(keepalived\\) target_cpu=\\d+ by=thread waker=${String(process.pid)}\\(`;
  expect(find('sched_wakeup', new RegExp(waker))).toBeDefined();
  const write = find('write', new RegExp(`^fd=\\d+\\(<f>${file}\\) size=\\d `));
  expect(write?.['evt.dir']).toBe('>');
  expect(find('write', /^res=\d data=(?:FROZEN|1) $/)).toBeDefined();

  const stats = readStats(join(folder, 'trace.stats.txt'));
  expect(stats).toMatchObject({ 'Driver Drops': 0, 'Malformed Lines': 0, 'Late Lines': 0, Rows: rows.length });
  const [begin, end] = [rows[0]?.['evt.outputtime'] ?? 0, rows.at(-1)?.['evt.outputtime'] ?? 0];
  for (let cpu = 0; cpu < cpus().length; cpu++) {
    const beats = rows.filter((row) => row['evt.type'] === 'heartbeat' && row['evt.cpu'] === cpu);
    const times = beats.map((row) => row['evt.outputtime']);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    gaps.sort((a, b) => a - b);
    // A host that does not run this machine for a while holds up some of them, wherever that is.
    expect(gaps[gaps.length >> 1]! / 1e6, `median between beats of CPU ${String(cpu)}, ms`).toBeCloseTo(30, 0);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan((end - begin) / 2);
    expect(beats.at(-1)?.['evt.info']).toMatch(/^irq_ns=\d+ softirq_ns=\d+ $/);
  }
});
