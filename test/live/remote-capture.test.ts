import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  analyze,
  isRecording,
  listTools,
  makePlace,
  readSession,
  usePackets,
  startRecord,
  waitFor,
  type Place,
} from './support/recordings.js';

/** An sshd of our own on the loopback, reached by a name in a configuration of our own. */
const work = mkdtempSync(join(tmpdir(), 'sshd-'));
const config = join(work, 'ssh_config');
let port = 0;
let sshd: ChildProcess;
usePackets();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

const makeKey = (name: string): string => {
  const path = join(work, name);
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  return path;
};

beforeAll(async () => {
  port = await freePort();
  const [hostKey, userKey] = [makeKey('host'), makeKey('user')];
  const authorized = join(work, 'authorized');
  writeFileSync(authorized, readFileSync(`${userKey}.pub`), { mode: 0o600 });
  mkdirSync('/run/sshd', { recursive: true });
  const options = [
    ...['ListenAddress=127.0.0.1', `Port=${String(port)}`, `HostKey=${hostKey}`, `AuthorizedKeysFile=${authorized}`],
    ...['StrictModes=no', 'UsePAM=no', 'PidFile=none', 'PermitRootLogin=yes'],
  ];
  sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', ...options.flatMap((option) => ['-o', option])], {
    stdio: 'ignore',
  });
  const lines = [
    ...['Host hypervisor', 'HostName 127.0.0.1', `Port ${String(port)}`, `IdentityFile ${userKey}`],
    ...['IdentitiesOnly yes', 'StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', 'LogLevel ERROR'],
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  // `ssh` as a recording finds it, with this configuration.
  mkdirSync(join(work, 'bin'));
  writeFileSync(join(work, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`, { mode: 0o755 });
  await waitFor('sshd answers', () => spawnSync(join(work, 'bin/ssh'), ['hypervisor', 'true']).status === 0);
});
afterAll(() => {
  sshd.kill('SIGKILL');
});

const script = `name: remote
sender: {vrid: 51, interface: lo}
captures:
  - {name: sender, interface: lo}
  - {name: tap, interface: lo, host: hypervisor}
tracer: {kind: none}
vitals: false
duration: 3s
collect: [{file: /etc/hostname, host: hypervisor, as: hostname.txt}]
`;

const makeRemotePlace = (): Place => {
  const place = makePlace();
  return { ...place, env: { ...place.env, PATH: `${work}/bin:${process.env['PATH'] ?? ''}` } };
};

/** tcpdump on the other host, which does not carry the recording's mark; the connection is in its environment. */
const countRemote = (): number => {
  const { stdout } = spawnSync('pgrep', ['-f', '^tcpdump -i lo .*-w - ip proto 112'], { encoding: 'utf8' });
  return stdout.split('\n').filter((pid) => {
    try {
      return pid !== '' && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(` ${String(port)}\0`);
    } catch {
      return false;
    }
  }).length;
};

describe('a capture on another host', () => {
  it('comes here by ssh, with its statistics, and is ended there', async () => {
    const place = makeRemotePlace();
    const { code, said } = await startRecord(place, script).ended;
    expect({ code, said: said.includes('ended early') }).toEqual({ code: 0, said: false });
    const session = readSession(place.folder);
    expect(session.points[1]).toMatchObject({ name: 'tap', host: 'hypervisor' });
    expect(session.loss.captures['tap']).toMatchObject({ dropped: 0 });
    expect(readFileSync(join(place.folder, 'hostname.txt'), 'utf8')).toBe(readFileSync('/etc/hostname', 'utf8'));
    const captures = analyze(place).inputs.filter(({ role }) => role === 'capture');
    expect(captures.map(({ name }) => name)).toEqual(['sender', 'tap']);
    for (const { records } of captures) expect(records).toBeGreaterThan(20);
    await waitFor('tcpdump there has ended', () => countRemote() === 0);
  });

  it('that is cut off ends the recording well', async () => {
    const place = makeRemotePlace();
    const { ended } = startRecord(place, script.replace('duration: 3s', 'duration: 60s'));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_500);
    // The connection's own process of sshd: what remains is a line that was pulled.
    const killed = spawnSync('pkill', ['-KILL', '-P', String(sshd.pid), '-f', '^sshd: root@notty']);
    expect(killed.status).toBe(0);
    const { code, said } = await ended;
    expect(code).toBe(1);
    expect(said).toContain('capture tap ended with exit code 255');
    const session = readSession(place.folder);
    expect(session).toMatchObject({ complete: false, outcome: 'tool-ended' });
    expect(listTools(session.recording)).toEqual([]);
    expect(analyze(place).inputs.filter(({ records }) => records > 10)).toHaveLength(2);
    await waitFor('tcpdump there has ended', () => countRemote() === 0);
  });

  it('ends there when whylate is killed', async () => {
    const place = makeRemotePlace();
    const { child, ended } = startRecord(place, script.replace('duration: 3s', 'duration: 60s'));
    await waitFor('it records', () => isRecording(place));
    await sleep(1_000);
    child.kill('SIGKILL');
    await ended;
    await waitFor('tcpdump there has ended', () => countRemote() === 0);
    await waitFor('the keeper is done', () => readSession(place.folder).outcome === 'killed');
    expect(listTools(readSession(place.folder).recording)).toEqual([]);
  });
});
