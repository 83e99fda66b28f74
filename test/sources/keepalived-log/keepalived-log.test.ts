import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/sources/keepalived-log/messages.js';
import { FORMS, parseShortUnix, readText, sayings } from './log-forms.js';

const SAMPLES = join(import.meta.dirname, 'samples');
const TRACES = join(import.meta.dirname, '../../../traces');
const samples = readdirSync(SAMPLES).filter((name) => name.endsWith('.log'));
const said = parseShortUnix(join(SAMPLES, 'journal-short-unix.log')).filter(({ ident }) => /^keepalived/i.test(ident));

const OF_ALL = [
  'starting - Starting Keepalived',
  'starting - Starting VRRP child process',
  'state VI_1 (VI_1) Entering BACKUP STATE (init)',
  'timeout VI_1 (VI_1) Receive advertisement timeout',
  'state VI_1 (VI_1) Entering MASTER STATE',
  'timer - A thread timer expired 2.039141 seconds ago',
  'reloading - Reloading',
  'reloaded - Reload complete',
  'died - VRRP child process(5559) died: Respawning',
  'resigned VI_1 (VI_1) sent 0 priority',
  'stopped - Stopped',
];

describe('samples of real programs', () => {
  it.each(samples)('%s tells what happened', async (name) => {
    const { log, counters } = await readText(readFileSync(join(SAMPLES, name)));
    expect(sayings(log)).toEqual(expect.arrayContaining(OF_ALL));
    expect(log.daemons).toHaveLength(1);
    expect([...log.daemons[0]!.own]).toContain('192.168.205.8');
    expect(log.clock).toBe(/monotonic/.test(name) ? 'boot' : /json|unix|iso|5424/.test(name) ? 'utc' : 'local');
    expect(counters.filter(({ name }) => name !== 'log_line_of_other_program')).toEqual([]);
    expect(JSON.stringify(sayings(log))).not.toMatch(/s3cret|example\.net/);
  });

  it('agrees on the times, whatever the form', async () => {
    const firsts = await Promise.all(
      samples
        .filter((name) => !name.includes('monotonic'))
        .map(async (name) => {
          const { log } = await readText(readFileSync(join(SAMPLES, name)));
          const master = log.daemons[0]!.events.find(({ state }) => state === 'MASTER')!;
          const ahead = log.clock === 'local' ? 3_600_000_000_000n : 0n;
          return Number((log.baseNs + BigInt(master.time) - ahead) / 1_000_000_000n);
        }),
    );
    expect(new Set(firsts).size).toBe(1);
  });
});

describe.each(Object.entries(FORMS))('%s', (_, { local, resolution, write }) => {
  it.each([0, 345, -570])('reads the same as the journal, %i minutes ahead of UTC', async (ahead) => {
    const { log, counters } = await readText(said.map((one) => write(one, ahead)).join('\n'), said[0]!.ns, 1000);
    const journal = await readText(readFileSync(join(SAMPLES, 'journal-short-unix.log')));
    const known = sayings(journal.log).filter((text) => !text.startsWith('died - pid'));
    expect(sayings(log).filter((text) => !text.startsWith('died - pid'))).toEqual(known);
    expect(log.clock).toBe(local ? 'local' : 'utc');
    expect(log.resolution).toBe(resolution);
    expect(counters).toEqual([]);
    const first = said[0]!.ns + (local ? BigInt(ahead) * 60_000_000_000n : 0n);
    expect(log.baseNs).toBe(first - (first % BigInt(resolution)));
  });
});

describe('whose line it is', () => {
  it('two keepaliveds in one log are told apart', async () => {
    const { log } = await readText(readFileSync(join(TRACES, 'syslog/syslog.txt')));
    expect(log.daemons.map(({ own }) => [...own][0])).toEqual(['192.168.205.9', '192.168.205.8']);
    expect(log.daemons.map(({ peers }) => [...peers][0])).toEqual(['192.168.205.8', '192.168.205.9']);
  });

  it('restarts are one keepalived', async () => {
    const { log } = await readText(readFileSync(join(TRACES, 'vm-paused/keepalived.log')));
    expect(log.daemons).toHaveLength(1);
    expect(log.daemons[0]!.events.filter(({ text }) => text === 'Starting Keepalived').length).toBeGreaterThan(2);
  });

  it('the kernel and time services are heard, other programs counted', async () => {
    const { log, counters } = await readText(
      [
        'Nov 22 14:03:10 lb01 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE',
        'Nov 22 14:03:11 lb01 kernel: [  99.1] RT Watchdog Timeout (hard): keepalived[7]',
        'Nov 22 14:03:12 lb01 kernel: Out of memory: Killed process 7 (keepalived) total-vm:1kB',
        'Nov 22 14:03:13 lb01 chronyd[1]: System clock was stepped by 3.100000 seconds',
        'Nov 22 14:03:14 lb01 sshd[9]: (VI_1) Entering BACKUP STATE',
      ].join('\n'),
    );
    expect(log.daemons[0]!.events.map(({ kind }) => kind)).toEqual(['state', 'cpu-time', 'killed', 'clock-set']);
    expect(counters.map(({ name, count }) => [name, count])).toEqual([['log_line_of_other_program', 4]]);
  });
});

describe('messages of other versions', () => {
  it.each([
    ['VRRP_Instance(VI_1) Transition to MASTER STATE', 'state', '(VI_1) Transition to MASTER STATE'],
    ['VRRP_Instance(VI_1) Now in FAULT state', 'state', '(VI_1) Now in FAULT state'],
    ['VRRP_Instance(VI_1): Entering BACKUP STATE', 'state', '(VI_1) Entering BACKUP STATE'],
    [
      '(VI_1): entering FAULT state (interface eth0 down)',
      'state',
      '(VI_1) entering FAULT state (interface eth0 down)',
    ],
    ['VRRP_Instance(VI_1) sending 0 priority', 'resigned', '(VI_1) sent 0 priority'],
    [
      'VRRP_Instance(VI_1) Received lower prio advert, forcing new election',
      'lower',
      '(VI_1) Received advert with lower priority',
    ],
    [
      '(VI_1) Received advert from fe80::1 with lower priority 100, ours 101',
      'lower',
      '(VI_1) Received advert from fe80::1 with lower priority 100, ours 101',
    ],
    [
      '(VI_1) Master received advert from 10.0.0.9 with same priority 100 but higher IP address than ours',
      'higher',
      '(VI_1) Master received advert from 10.0.0.9 with same priority 100 but higher IP address than ours',
    ],
    [
      '(VI_1) received an invalid passwd from 10.0.0.9!',
      'rejected',
      '(VI_1) received an invalid password from 10.0.0.9',
    ],
    ['(VI_1) Invalid VRRPv3 checksum', 'rejected', '(VI_1) Invalid VRRPv3 checksum'],
    [
      '(VI_1) ip address associated with VRID 51 not present in MASTER advert: 10.0.0.7',
      'rejected',
      '(VI_1) an address of VRID 51 is not in the advert received',
    ],
    [
      "(VI_1) advertisement interval mismatch mine=1 sec rcv'd=2 sec",
      'rejected',
      '(VI_1) advertisement interval mismatch, ours 1',
    ],
    ['bogus VRRP packet received on eth0 !!!', 'rejected', 'bogus VRRP packet received on eth0'],
    [
      '(VI_1): send advert error 101 (Network is unreachable)',
      'send-failed',
      '(VI_1) send advert error 101 (Network is unreachable)',
    ],
    [
      '(VI_1) Cant send advert to 10.0.0.9 (Operation not permitted)',
      'send-failed',
      '(VI_1) Cant send advert to 10.0.0.9 (Operation not permitted)',
    ],
    ['VRRP thread timer expired 4.000001 seconds ago', 'timer', 'VRRP thread timer expired 4.000001 seconds ago'],
    [
      'VRRP process has used too much CPU time, vrrp_rlimit_rttime may need to be increased',
      'cpu-time',
      'VRRP process has used too much CPU time',
    ],
    ['Stopping Keepalived v1.2.7 (05/20,2013)', 'stopping', 'Stopping'],
    ['Netlink reports eth0 down', 'link', 'Netlink reports eth0 down'],
  ])('%s', (message, kind, text) => {
    expect(readMessage(message).saying).toMatchObject({ kind, text });
  });

  it.each([
    '   Password = s3cretpw',
    '(VI_1) Opening script file /etc/keepalived/s3cret.sh admin@example.net',
    '(VI_1) Entering MASTER STATE s3cretpw',
    "Command line: 'keepalived' '--s3cret'",
  ])('nothing is kept of: %s', (message) => {
    expect(JSON.stringify(readMessage(message))).not.toMatch(/s3cret|example/);
  });

  it('names are made safe to show, and times in a row are counted', () => {
    expect(readMessage('(a\u001b[31m\u202e) sent 0 priority').saying?.text).toBe(
      '(a\\x1b[31m\\u{202e}) sent 0 priority',
    );
    expect(readMessage('message repeated 12 times: [ (VI_1) received an invalid passwd!]')).toMatchObject({
      times: 12,
      saying: { kind: 'rejected' },
    });
  });
});

describe('hostile logs', () => {
  const piece = fc.oneof(
    fc.constantFrom(...said.slice(0, 40).map((one) => FORMS['ISO']!.write(one, 0))),
    fc.constantFrom(
      '(',
      '[',
      '{"MESSAGE":',
      '{"log":1,"time":2}',
      '<30>1 ',
      '2026-02-30T25:61:61Z ',
      'Feb 29 00:00:00 h k[1]: ',
      '\u0000',
      '[999999999.9] ',
      '9999999999999999999 ',
    ),
    fc.string(),
  );

  it('never fail, and lose nothing in silence', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('')),
          { maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 50 }),
        async (lines, chunk) => {
          const text = lines.join('\n');
          const { log } = await readText(text, undefined, chunk);
          expect(log.records).toBe(text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0));
          for (const { events } of log.daemons)
            for (const { text, time } of events) {
              expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
              expect(Number.isSafeInteger(time)).toBe(true);
            }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('long lines and floods take time in proportion and bounded memory', async () => {
    const line = (i: number): string =>
      `Nov 22 14:03:${String(i % 60).padStart(2, '0')} lb01 Keepalived_vrrp[7]: (VI_${String(i % 999)}) Entering ${i % 2 ? 'MASTER' : 'BACKUP'} STATE`;
    const flood = Array.from({ length: 60_000 }, (_, i) => line(i)).join('\n');
    const { log, counters } = await readText(flood);
    expect(log.daemons[0]!.events.length).toBeLessThanOrEqual(50_000);
    expect(counters.find(({ name }) => name === 'log_events_forgotten')?.count).toBeGreaterThan(9_000);
    const long = await readText(
      `Nov 22 14:03:10 lb01 Keepalived[1]: (${'('.repeat(5_000_000)}\n${'<30>'.repeat(500_000)}`,
    );
    expect(long.counters.map(({ name }) => name)).toEqual([
      'log_line_too_long',
      'log_line_without_time',
      'log_without_keepalived',
    ]);
  });

  it('a log of something else says so', async () => {
    const { log, counters } = await readText('Nov 22 14:03:10 lb01 sshd[1]: hello\nno time at all\n');
    expect(log.daemons).toEqual([]);
    expect(counters.map(({ name }) => name)).toEqual([
      'log_line_of_other_program',
      'log_line_without_time',
      'log_without_keepalived',
    ]);
  });

  it('years are those near the recording, 29 February included', async () => {
    const { log } = await readText(
      'Feb 29 23:59:59 lb01 Keepalived[1]: Stopping\nDec 31 23:59:59 lb01 Keepalived[1]: Stopped',
      BigInt(Date.UTC(2029, 0, 2)) * 1_000_000n,
    );
    expect(new Date(Number(log.baseNs / 1_000_000n)).toISOString()).toBe('2028-02-29T23:59:59.000Z');
  });
});
