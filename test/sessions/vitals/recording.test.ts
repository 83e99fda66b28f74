import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeFileSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import type { Vitals } from '../../../src/model/vitals.js';
import { isVitalsLine, readVitals } from '../../../src/sources/vitals.js';

const MAIN = fileURLToPath(new URL('../../../dist/sessions/vitals/main.js', import.meta.url));
const S = 1e9;

let folder: string;
let out: string;
const undo: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'));
  out = join(folder, 'vitals.ndjson');
  undo.push(() => {
    rmSync(folder, { recursive: true });
  });
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const start = (args: readonly string[] = [], stdin: 'ignore' | 'pipe' = 'ignore'): ChildProcess => {
  const child = spawn(process.execPath, [MAIN, '--out', out, ...args], { stdio: [stdin, 'ignore', 'inherit'] });
  undo.push(() => child.kill('SIGKILL'));
  return child;
};

interface Ending {
  readonly code: number | null;
  /** From the asking to the end. */
  readonly ms: number;
}

const endBy = async (child: ChildProcess, ask: () => void): Promise<Ending> => {
  const begun = performance.now();
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  ask();
  return { code: await code, ms: performance.now() - begun };
};

const isStarted = async (): Promise<void> => {
  while (!existsSync(out) || !readFileSync(out, 'utf8').includes('\n')) await sleep(20);
};

type Row = Record<string, Record<string, unknown> | undefined> & { ns: string };
const rows = (): Row[] => {
  const lines = readFileSync(out, 'utf8').split('\n').slice(0, -1);
  expect(lines.filter((line) => !isVitalsLine(line))).toEqual([]);
  return lines.map((line) => JSON.parse(line) as Row);
};

const read = async (): Promise<{ vitals: Vitals; counters: unknown[] }> => {
  const counters = new CounterTable();
  return { vitals: await readVitals(createReadStream(out), counters), counters: [...counters.list()] };
};

describe('a recording', () => {
  it('is read without a counter, and tells of heartbeats that were held up', async () => {
    const child = start(['--interface', 'lo']);
    await isStarted();
    await sleep(1_000);
    child.kill('SIGSTOP');
    await sleep(400);
    child.kill('SIGCONT');
    await sleep(1_600);
    const { code, ms } = await endBy(child, () => child.kill('SIGTERM'));
    expect(code).toBe(0);
    expect(ms).toBeLessThan(200);

    const { vitals, counters } = await read();
    expect(counters).toEqual([]);
    expect(vitals.samples).toBeGreaterThanOrEqual(20);
    expect((vitals.last ?? 0) - (vitals.first ?? 0)).toBeGreaterThan(2.9 * S);
    const now = BigInt(Date.now()) * 1_000_000n;
    const age = Number(now - vitals.baseNs);
    expect(age).toBeGreaterThan(2.9 * S);
    expect(age).toBeLessThan(10 * S);
    const [first, ...others] = rows();
    const { cpus } = first!['about']!['heartbeat'] as { cpus: number[] };
    expect(cpus.length).toBeGreaterThan(0);
    for (const cpu of cpus) {
      const late = vitals.heartbeat.get(cpu)?.growthIn(0, vitals.last ?? 0)?.total ?? 0;
      expect(late).toBeGreaterThan(0.35 * S);
      expect(first!['cpu']![cpu]).toHaveProperty('steal');
    }
    expect(first!['missing']).toBeInstanceOf(Array);
    expect(first!['interfaces']).toHaveProperty('lo.rx_packets');
    expect(others.every((row) => row['about'] === undefined)).toBe(true);
    expect(others.at(-1)!['closing']).toMatchObject({
      reason: 'SIGTERM',
      samples: others.length + 1,
      lines_dropped: 0,
    });
    expect(others.at(-1)!['closing']!['cpu_share']).toBeLessThan(0.2);
  });

  it('ends when who started it is gone', async () => {
    const child = start([], 'pipe');
    await isStarted();
    await sleep(250);
    const { code, ms } = await endBy(child, () => child.stdin?.destroy());
    expect(code).toBe(0);
    expect(ms).toBeLessThan(200);
    expect(rows().at(-1)!['closing']).toMatchObject({ reason: 'stdin-closed' });
  });

  it('that was killed leaves at most one cut line, and goes on behind it', async () => {
    const child = start(['--every', '20ms']);
    await isStarted();
    await sleep(300);
    await endBy(child, () => child.kill('SIGKILL'));
    writeFileSync(out, '{"ns":"179534', { flag: 'a' });
    const cut = statSync(out).size;
    const again = start();
    while (statSync(out).size === cut) await sleep(20);
    await sleep(300);
    await endBy(again, () => again.kill('SIGINT'));
    const { vitals, counters } = await read();
    expect(vitals.samples).toBeGreaterThan(12);
    expect(counters).toMatchObject([{ name: 'vitals_bad_line', count: 1 }]);
  });

  it('is refused with usage', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, '--every', '1h'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('usage:');
    const unwritable = spawnSync(process.execPath, [MAIN, '--out', join(folder, 'no/such')], { encoding: 'utf8' });
    expect(unwritable.status).toBe(1);
    expect(unwritable.stderr).toContain('ENOENT');
  });
});

const QUOTAS = '/sys/fs/cgroup/cpu';
const has = (command: string): boolean => spawnSync('which', [command]).status === 0;
const canPlay = process.getuid?.() === 0 && ['ip', 'keepalived'].every(has) && existsSync(`${QUOTAS}/cpu.cfs_quota_us`);

const run = (command: string, args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
};

const IP = 'ip';
const ip = (...args: string[]): void => {
  run(IP, args);
};

/** keepalived in a network namespace of its own; its VRRP process's number. */
const startKeepalived = async (netns: string): Promise<number> => {
  const configuration = join(folder, 'keepalived.conf');
  const pidFile = join(folder, 'vrrp.pid');
  rmSync(pidFile, { force: true });
  writeFileSync(
    configuration,
    'vrrp_instance V {\n interface va\n virtual_router_id 212\n priority 101\n state MASTER\n virtual_ipaddress {\n 192.0.2.7\n }\n}\n',
  );
  const options = ['-n', '-l', '-P', '-f', configuration, '-p', join(folder, 'parent.pid'), '-r', pidFile];
  const keepalived = spawn(IP, ['netns', 'exec', netns, 'keepalived', ...options], { stdio: 'ignore' });
  const ended = new Promise((resolve) => keepalived.once('exit', resolve));
  undo.push(async () => {
    keepalived.kill('SIGTERM');
    await ended;
  });
  while (!existsSync(pidFile)) await sleep(50);
  return Number(readFileSync(pidFile, 'utf8'));
};

describe.skipIf(!canPlay)('a recording of a sender', () => {
  it(
    'tells of its threads, its interface and the quota of a group above it, and finds it again',
    { timeout: 20_000 },
    async () => {
      const netns = `vitals${process.pid}`;
      const group = `${QUOTAS}/vitals${process.pid}`;
      ip('netns', 'add', netns);
      undo.push(() => {
        ip('netns', 'delete', netns);
      });
      ip('-n', netns, 'link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'vb');
      for (const device of ['lo', 'va', 'vb']) ip('-n', netns, 'link', 'set', device, 'up');
      ip('-n', netns, 'address', 'add', '192.0.2.8/24', 'dev', 'va');
      mkdirSync(`${group}/inner`, { recursive: true });
      undo.push(async () => {
        await sleep(100);
        rmdirSync(`${group}/inner`);
        rmdirSync(group);
      });
      const child = start(['--netns', netns, '--interface', 'va']);
      await isStarted();
      const pid = await startKeepalived(netns);
      await sleep(1_500);
      // The quota is of the group above; the hog in it uses it up.
      writeFileSync(`${group}/cpu.cfs_quota_us`, '5000');
      writeFileSync(`${group}/inner/cgroup.procs`, String(pid));
      const hog = spawn('sh', ['-c', `echo $$ > ${group}/inner/cgroup.procs; while :; do :; done`], {
        stdio: 'ignore',
      });
      undo.push(() => hog.kill('SIGKILL'));
      await sleep(1_500);
      hog.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
      await sleep(3_000);
      const { code } = await endBy(child, () => child.kill('SIGTERM'));
      expect(code).toBe(0);

      const { vitals, counters } = await read();
      expect(counters).toEqual([]);
      expect(vitals.throttled.growthIn(0, vitals.last ?? 0)?.total).toBeGreaterThan(0.5 * S);
      expect(vitals.throttlings.growthIn(0, vitals.last ?? 0)?.total).toBeGreaterThan(5);
      const all = rows();
      expect(all[0]!['sender']).toBeNull();
      const known = all.map(({ sender }) => sender).filter((sender) => !!sender);
      expect(known[0]).toMatchObject({ pid, identity: { comm: 'keepalived', candidates: 1 } });
      expect(known[0]!['threads']).toHaveProperty(`${pid}.voluntary`);
      expect(
        known.some(({ identity }) => JSON.stringify(identity ?? null).includes(`/vitals${process.pid}/inner`)),
      ).toBe(true);
      // keepalived's parent starts the killed process anew.
      expect(new Set(known.map((one) => one['pid'])).size).toBe(2);
      expect(all.some(({ interfaces }) => interfaces?.['va'] !== undefined)).toBe(true);
      expect(all.some(({ qdisc }) => qdisc?.['va'] !== undefined)).toBe(true);
    },
  );
});
