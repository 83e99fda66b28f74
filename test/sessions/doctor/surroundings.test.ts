import { describe, expect, it } from 'vitest';
import { checkTcpdump } from '../../../src/sessions/doctor/capture.js';
import { checkClockSource, checkSynchronisation } from '../../../src/sessions/doctor/clock.js';
import { checkFolder, findMount } from '../../../src/sessions/doctor/folder.js';
import { checkSender, findLog } from '../../../src/sessions/doctor/sender-log.js';
import { DEBIAN, ended, fakeMachine } from './fake-machine.js';

describe('tcpdump', () => {
  const VERSION = { 'tcpdump --version': ended(0, '', 'tcpdump version 4.99.3\nlibpcap version 1.10.3\n') };

  it('captures in nanoseconds, or says that it only does in microseconds', async () => {
    expect(
      await checkTcpdump(fakeMachine({ commands: { ...VERSION, 'tcpdump -i lo': ended(0, '(000) ret #0') } })),
    ).toMatchObject({ status: 'ok', text: '4.99.3 captures, in nanoseconds' });
    const old = ended(1, '', "tcpdump: unrecognized option '--time-stamp-precision=nano'\nUsage: tcpdump\n");
    expect(
      await checkTcpdump(
        fakeMachine({
          commands: { ...VERSION, 'tcpdump -i lo -d': ended(0), 'tcpdump -i lo --time-stamp-precision': old },
        }),
      ),
    ).toMatchObject({ status: 'note', text: expect.stringMatching(/only in microseconds: .*unrecognized/) as string });
  });

  it('may not capture', async () => {
    const refusal = ended(1, '', "tcpdump: lo: You don't have permission to perform this capture on that device\n");
    expect(await checkTcpdump(fakeMachine({ commands: { ...VERSION, 'tcpdump -i lo': refusal } }))).toMatchObject({
      status: 'missing',
      fixes: ['sudo whylate doctor'],
    });
  });

  it('is not there', async () => {
    expect(await checkTcpdump(fakeMachine({ files: DEBIAN }))).toMatchObject({
      status: 'missing',
      fixes: ['apt-get install tcpdump'],
    });
  });
});

const MOUNTINFO = [
  '20 1 8:1 / / rw - ext4 /dev/vda1 rw',
  '21 20 8:2 / /var/log rw - xfs /dev/vdb rw',
  '22 20 0:30 / /tmp rw - tmpfs tmpfs rw',
  '23 20 8:3 / /mnt/a\\040b rw - ext4 /dev/vdc rw',
].join('\n');

describe('the folder to record in', () => {
  const GIB = 1024 ** 3;
  const check = (path: string, freeBytes: number, log: string | null = null, writable = true) =>
    checkFolder(
      fakeMachine({ files: { '/proc/self/mountinfo': MOUNTINFO }, folders: { here: { path, writable, freeBytes } } }),
      'here',
      log,
    );

  it('is told with its mount', async () => {
    expect(await check('/srv', 5 * GIB, '/var/log')).toMatchObject({
      status: 'ok',
      text: '/srv has 5.0 GiB free, on / (ext4)',
    });
  });

  it('has too little room', async () => {
    expect(await check('/srv', 2 * GIB - 1)).toMatchObject({ status: 'note' });
    expect(await check('/srv', 2 * GIB)).toMatchObject({ status: 'ok' });
    expect((await check('/srv', 5 * 1024 ** 2)).text).toMatch(/5 MiB free: a busy machine/);
  });

  it('is in memory', async () => {
    expect((await check('/tmp/x', 5 * GIB)).text).toMatch(/in memory \(tmpfs\)/);
  });

  it('is where keepalived logs', async () => {
    expect(await check('/var/log/whylate', 5 * GIB, '/var/log')).toMatchObject({ status: 'note' });
    expect((await check('/home', 5 * GIB, '/opt')).text).toMatch(/on \/ \(ext4\) like keepalived's log/);
  });

  it('may not be written to, or is not there', async () => {
    expect(await check('/srv', 5 * GIB, null, false)).toMatchObject({ status: 'missing' });
    expect(await checkFolder(fakeMachine({}), '/nowhere', null)).toMatchObject({ fixes: ['mkdir -p /nowhere'] });
  });

  it('is on the longest mount that contains it', () => {
    expect(findMount(MOUNTINFO, '/var/logs')?.point).toBe('/');
    expect(findMount(MOUNTINFO, '/var/log')?.kind).toBe('xfs');
    expect(findMount(MOUNTINFO, '/mnt/a b/c')?.point).toBe('/mnt/a b');
    expect(findMount('', '/x')).toBeNull();
  });
});

describe('the clock', () => {
  const SOURCE = '/sys/devices/system/clocksource/clocksource0/current_clocksource';

  it.each([
    [{ [SOURCE]: 'tsc\n' }, 'ok'],
    [{ [SOURCE]: 'hpet\n' }, 'note'],
    [{}, 'note'],
  ])('has a source: %j', async (files, status) => {
    expect((await checkClockSource(fakeMachine({ files }))).status).toBe(status);
  });

  it.each([
    [{ 'chronyc -n': ended(0, 'Stratum : 3\nLeap status     : Normal\n') }, {}, 'ok', /is synchronised/],
    [{ 'chronyc -n': ended(0, 'Leap status     : Not synchronised\n') }, {}, 'note', /^is not synchronised/],
    [{ 'timedatectl show': ended(0, 'NTPSynchronized=yes\n') }, {}, 'ok', /is synchronised/],
    [{ 'chronyc -n': ended(1), 'timedatectl show': ended(0, 'NTPSynchronized=no\n') }, {}, 'note', /^is not/],
    [{}, { '/run/systemd/timesync/synchronized': '' }, 'ok', /is synchronised/],
    [{}, {}, 'note', /^nothing tells/],
  ])('is synchronised or not: %j %j', async (commands, files, status, text) => {
    const check = await checkSynchronisation(fakeMachine({ commands, files: { ...DEBIAN, ...files } }));
    expect(check.status).toBe(status);
    expect(check.text).toMatch(text);
  });
});

describe('the sender', () => {
  const VERSION = { 'keepalived --version': ended(0, '', 'Keepalived v2.2.7 (01/16,2022)\n') };
  const log = (command: string, comm = '') =>
    findLog(
      fakeMachine({
        files: { '/proc/9/cmdline': command.replaceAll(' ', '\0'), '/proc/1/comm': `${comm}\n` },
        links: { '/proc/9/cwd': '/srv' },
      }),
      9,
    );

  it.each([
    ['keepalived', 'rsyslogd', 'logs to syslog (rsyslogd), without -D: little', '/var/log'],
    ['keepalived -D -S 3', '', 'logs to syslog facility 3 (nobody keeps it), in detail', null],
    ['keepalived -nlD', 'rsyslogd', 'logs to its console, in detail', null],
    ['keepalived -D -G -g log/k.log', 'rsyslogd', 'logs to a file in /srv/log, in detail', '/srv/log'],
    [
      'keepalived --log-file=/data/k.log',
      'systemd-journal',
      'logs to a file in /data and to syslog (systemd-journal), without -D: little',
      '/data',
    ],
    ['keepalived -G', '', 'logs nowhere', null],
  ])('%s, with %s, %s', async (command, comm, text, folder) => {
    expect(await log(command, comm)).toEqual({ text, folder });
  });

  it('is told with its version, or its absence', async () => {
    const machine = fakeMachine({ files: DEBIAN, commands: VERSION });
    const place = { text: 'logs nowhere', folder: null };
    expect(await checkSender(machine, [{ pid: 9, comm: 'keepalived' }], place)).toMatchObject({
      status: 'ok',
      text: 'keepalived 9 (keepalived 2.2.7) logs nowhere',
    });
    const two = [
      { pid: 9, comm: 'vrrpd' },
      { pid: 10, comm: 'vrrpd' },
    ];
    expect((await checkSender(machine, two, place)).text).toMatch(/; 1 more process\(es\) send VRRP too$/);
    expect(await checkSender(machine, [], null)).toMatchObject({
      status: 'note',
      fixes: ['systemctl start keepalived'],
    });
    expect(await checkSender(fakeMachine({ files: DEBIAN }), [], null)).toMatchObject({
      status: 'note',
      fixes: ['apt-get install keepalived'],
    });
    expect(await findLog(fakeMachine({}), 9)).toEqual({ text: 'where it logs cannot be read', folder: null });
  });
});
