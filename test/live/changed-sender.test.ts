/** Settings that have the sender started again, or are meant for it: what is noted is the sender that was recorded. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, readSession, startRecord, waitFor, type Place } from './support/recordings.js';

/** A name of 15 bytes that no other process has. */
const NAME = `sender-${String(process.pid)}`;

/** A daemon whose child has a raw socket of VRRP. Told to by SIGHUP, it ends the child and has another one after two seconds. */
const DAEMON = `
  use Socket;
  my ($name, $child) = @ARGV;
  sub begin {
    return if $child = fork;
    socket my $vrrp, AF_INET, SOCK_RAW, 112 or die;
    $0 = $name;
    sleep 1 while getppid != 1;
  }
  $SIG{HUP} = sub { kill KILL => $child; waitpid $child, 0; select undef, undef, undef, 2; begin; };
  $SIG{TERM} = sub { kill KILL => $child; exit };
  begin;
  sleep 1 while 1;
`;

const SCRIPT = (settings: string): string => `name: changed
sender: {vrid: 51, interface: lo, process: ${NAME}}
captures: [{name: sender, interface: lo}]
tracer: {kind: none}
vitals: false
duration: 200ms
settings: ${settings}
`;

const findChild = (daemon: ChildProcess): number =>
  Number(spawnSync('pgrep', ['-P', String(daemon.pid)], { encoding: 'utf8' }).stdout);

/** SCHED_BATCH, linux/sched.h. */
const BATCH = '3';

/** How a process is scheduled: field 41 of proc_pid_stat(5), the third stands behind the name. */
const policyOf = (pid: number): string | undefined => {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[41 - 3];
};

const readSettings = (folder: string): unknown => JSON.parse(readFileSync(join(folder, 'environment.json'), 'utf8'));

describe('the sender', () => {
  let place: Place;
  let daemon: ChildProcess;
  let first = 0;
  beforeEach(async () => {
    place = makePlace();
    daemon = spawn('perl', ['-e', DAEMON, NAME], { stdio: 'ignore' });
    await waitFor('it runs', () => (first = findChild(daemon)) > 0);
    await waitFor('it has its name', () => readFileSync(`/proc/${String(first)}/comm`, 'utf8') === `${NAME}\n`);
  });
  afterEach(() => {
    daemon.kill('SIGTERM');
    rmSync(place.work, { recursive: true, force: true });
  });

  const record = async (settings: string): Promise<void> => {
    const { code, said } = await startRecord(place, SCRIPT(settings)).ended;
    expect(code, said).toBe(0);
  };

  it.each([
    ['at once', '0'],
    ['a moment later', '0.05'],
  ])('is the one that a setting has had started again %s', async (_, seconds) => {
    const restart = `[sh, -c, '(sleep ${seconds}; kill -HUP ${String(daemon.pid)}) > /dev/null 2>&1 &']`;
    await record(`[{apply: ${restart}, restore: ['true']}]`);
    const now = findChild(daemon);
    expect(now).not.toBe(first);
    expect(readSession(place.folder).sender).toMatchObject({ pid: now, process: NAME });
    expect(readSettings(place.folder)).toMatchObject({ 'sender.running': true, 'sender.name': NAME });
    expect(readSession(place.folder).notes).toEqual([]);
  });

  it('is what ${sender_pid} stands for in settings, at the time when each is made and undone', async () => {
    const restart = `{apply: [kill, -HUP, '${String(daemon.pid)}'], restore: ['true']}`;
    const wait = `{apply: [sleep, '3'], restore: ['true']}`;
    const change = "{apply: [chrt, -r, -p, '7', '${sender_pid}'], restore: [chrt, -b, -p, '0', '${sender_pid}']}";
    await record(`[${restart}, ${wait}, ${change}]`);
    expect(readSettings(place.folder)).toMatchObject({ 'sender.sched.policy': 'rr', 'sender.sched.rt_priority': 7 });
    const now = findChild(daemon);
    expect(now).not.toBe(first);
    expect(policyOf(now)).toBe(BATCH);
    expect(readSession(place.folder).settings.map(({ restored }) => restored)).toEqual([true, true, true]);
  });

  it('is missed by a setting that is meant for it', async () => {
    daemon.kill('SIGTERM');
    await waitFor('it has ended', () => findChild(daemon) === 0);
    const change = "{apply: [chrt, -r, -p, '7', '${sender_pid}'], restore: ['true']}";
    const { code, said } = await startRecord(place, SCRIPT(`[${change}]`)).ended;
    expect(code).toBe(1);
    expect(said).toContain("the setting 'chrt -r -p 7 ${sender_pid}' is for ${sender_pid}, and no process that sends");
  });
});
