import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import { requestOf } from '../../src/model/request.js';
import { FORMS, parseShortUnix, type Said } from '../sources/keepalived-log/log-forms.js';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLES = join(ROOT, 'test/sources/keepalived-log/samples');
const CAPTURE = join(SAMPLES, 'capture.sender.pcap');
const trace = (path: string): string => join(ROOT, 'traces', path);
const said = parseShortUnix(join(SAMPLES, 'journal-short-unix.log')).filter(({ ident }) => /^keepalived/i.test(ident));

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'whylate-log-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** What captures alone say with a log, and what they say of the sender's late advertisements. */
const ask = async (log: string | readonly string[], captures: readonly string[] = [CAPTURE]): Promise<Answer> => {
  const path = typeof log === 'string' ? log : join(scratch, 'keepalived.log');
  if (typeof log !== 'string') writeFileSync(path, `${log.join('\n')}\n`);
  const given = captures.map((file, i) => ({ name: i === 0 ? 'sender' : 'receiver', path: file }));
  return analyze(requestOf({ captures: given, logs: [path] }));
};
const latesOf = ({ instances }: Answer): LateAdvertisement[] => instances.flatMap(({ late }) => late);
const rowsOf = ({ evidence }: LateAdvertisement): string[] =>
  evidence.filter(({ input }) => input.endsWith('.log')).map(({ text }) => text);
const logCounters = ({ counters }: Answer): string[] =>
  counters.filter(({ source }) => source === 'log').map(({ name }) => name);
const assumed = ({ assumptions }: Answer): string => assumptions.map(({ what, why }) => `${what}: ${why}`).join('\n');

const TIMER = 'keepalived logged: A thread timer expired 2.039141 seconds ago';
const DIED = 'keepalived logged: VRRP child process(5559) died: Respawning';

describe('a late timer and a killed process, by captures and the log alone', () => {
  const check = (answer: Answer): void => {
    const [stalled, killed] = latesOf(answer);
    expect(stalled).toMatchObject({ cause: 'insufficient-evidence', where: 'unknown' });
    expect(stalled!.summary).toContain('one of its timers was served 2.04 s late');
    expect(rowsOf(stalled!)).toContain(TIMER);
    expect(killed).toMatchObject({ cause: 'sender-restart', where: 'sender-process', confidence: 0.6, culprit: null });
    expect(killed!.summary).toMatch(/^Only the log of keepalived says why: /);
    expect(rowsOf(killed!)).toContain(DIED);
    expect(killed!.ledger.map(({ state, bound }) => `${state} ${bound}`)).toEqual(['absent up-to']);
    expect(BigInt(killed!.ledger[0]!.ns)).toBe(BigInt(killed!.latenessNs));
    for (const index of killed!.ledger[0]!.evidence) expect(killed!.evidence[index]!.text).toContain('logged');
  };

  it.each(['journal-json.log', 'journal-short.log', 'rsyslog-traditional.log', 'rsyslog-5424.log', 'console.log'])(
    'in %s',
    async (name) => {
      const answer = await ask(join(SAMPLES, name));
      check(answer);
      expect(JSON.stringify(answer)).not.toMatch(/s3cret|example\.net/);
      const input = answer.inputs.find(({ role }) => role === 'log')!;
      expect(input.records).toBeGreaterThan(200);
      expect(BigInt(input.lastNs!) - BigInt(input.firstNs!)).toBeLessThan(30_000_000_000n);
    },
  );

  it.each(Object.keys(FORMS))('in any time zone, as %s', async (form) => {
    for (const [ahead, words] of [
      [345, 'local time, 5 h 45 min ahead of UTC'],
      [-570, 'local time, 9 h 30 min behind UTC'],
    ] as const) {
      const { write, local } = FORMS[form]!;
      const answer = await ask(said.map((one) => write(one, ahead)));
      check(answer);
      expect(assumed(answer)).toContain(
        `are ${local ? words : 'UTC'} by the clock of the sending machine: the packets bear out 2 of its lines`,
      );
    }
  });

  it('says nothing by times since boot', async () => {
    const answer = await ask(join(SAMPLES, 'journal-short-monotonic.log'));
    expect(logCounters(answer)).toContain('log_without_calendar');
    expect(latesOf(answer).map(({ cause }) => cause)).toEqual(['insufficient-evidence', 'insufficient-evidence']);
  });
});

const iso = (one: Said): string => FORMS['ISO']!.write(one, 0);
/** The log from another clock, which is right to the zone but not to the second. */
const shifted = (seconds: number): string[] =>
  said.map((one) => iso({ ...one, ns: one.ns + BigInt(Math.round(seconds * 1e9)) }));
/** The log as if the process had not been killed but had said this, so many seconds later. */
const retold = (messages: readonly (readonly [number, string])[]): string[] => {
  const died = said.find(({ message }) => message.startsWith('VRRP child process('))!;
  const kept = said
    .map((one) => (one.ident === 'Keepalived_vrrp' ? { ...one, pid: 5559 } : one))
    .filter(({ ns }) => ns < died.ns - 50_000_000n || ns > died.ns + 3_500_000_000n);
  const added = messages.map(([after, message]): Said => ({
    ns: died.ns + BigInt(Math.round(after * 1e9)),
    ident: 'Keepalived_vrrp',
    pid: 5559,
    message,
  }));
  return [...kept, ...added].sort((a, b) => Number(a.ns - b.ns)).map(iso);
};

describe('nobody is accused by a log', () => {
  it('whose clock is off', async () => {
    for (const seconds of [40, -8]) {
      const answer = await ask(shifted(seconds));
      expect(logCounters(answer)).toEqual([seconds > 30 ? 'log_of_other_time' : 'log_of_other_sender']);
      expect(latesOf(answer).flatMap(rowsOf)).toEqual([]);
    }
  });

  it('of which nothing tells the time zone', async () => {
    const day = 86_400_000_000_000n;
    const early = said
      .filter(({ message }) => /Entering MASTER|^Starting/.test(message))
      .slice(0, 3)
      .map((one) => ({ ...one, ns: one.ns - day }));
    const late: Said = { ...said[0]!, ns: said[0]!.ns + day, message: 'Netlink reports eth9 up' };
    const answer = await ask([...early, late].map((one) => FORMS['keepalived -l']!.write(one, 60)));
    expect(logCounters(answer)).toEqual(['log_zone_unknown']);
  });

  it('that has it lose its role only after it was late already', async () => {
    const answer = await ask(retold([[3.2, '(VI_1) Entering BACKUP STATE']]));
    expect(latesOf(answer)[1]).toMatchObject({ cause: 'insufficient-evidence' });
    expect(latesOf(answer)[1]!.summary).toContain('The log of keepalived adds: (VI_1) Entering BACKUP STATE');
  });

  it('that has a timer of the process served late, too', async () => {
    const answer = await ask(
      retold([
        [0.1, '(VI_1) Entering FAULT STATE'],
        [3.4, 'A thread timer expired 3.100000 seconds ago'],
      ]),
    );
    expect(latesOf(answer)[1]).toMatchObject({ cause: 'insufficient-evidence' });
  });

  it('that is the backup’s', async () => {
    const captures = ['sender', 'receiver'].map((point) => trace(`cfs-hogs/capture.${point}.pcap`));
    const answer = await ask(trace('cfs-hogs/keepalived-backup.log'), captures);
    expect(assumed(answer)).toContain('keepalived-backup.log is the log of 192.168.205.9, not of 192.168.205.8');
    expect(latesOf(answer).flatMap(rowsOf)).toEqual([]);
    const clean = await ask(trace('clean/keepalived-backup.log'), [trace('clean/capture.sender.pcap')]);
    expect(logCounters(clean)).toEqual(['log_of_other_sender']);
  });
});

describe('what it says besides', () => {
  it('a state change alone is believed less than the end of a process', async () => {
    const answer = await ask(retold([[0.1, '(VI_1) Entering FAULT STATE']]));
    expect(latesOf(answer)[1]).toMatchObject({ cause: 'sender-restart', confidence: 0.5 });
  });

  it('a refused send', async () => {
    const answer = await ask(retold([[1, '(VI_1): send advert error 1 (Operation not permitted)']]));
    expect(latesOf(answer)[1]!.summary).toContain(
      'The log of keepalived adds: (VI_1) send advert error 1 (Operation not permitted)',
    );
  });

  it('a late timer while advertisements left is doubted', async () => {
    const extra: Said = {
      ...said.find(({ ident }) => ident === 'Keepalived_vrrp')!,
      ns: said.find(({ message }) => message.startsWith('Reload complete'))!.ns + 2_000_000_000n,
      message: 'A thread timer expired 1.700000 seconds ago',
    };
    const answer = await ask([...said, extra].sort((a, b) => Number(a.ns - b.ns)).map(iso));
    expect(assumed(answer)).toMatch(/the sender was not held up at keepalived\.log:\d+, although the log says so/);
  });

  it('a trace that says otherwise is believed', async () => {
    const lines = readFileSync(trace('pathloss/keepalived.log'), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('lower priority 100'));
    lines.splice(at, 0, lines[at]!.slice(0, 26) + 'A thread timer expired 2.500000 seconds ago');
    const captures = ['sender', 'receiver'].map((point) => trace(`pathloss/capture.${point}.pcap`));
    const answer = await ask(lines, captures);
    expect(latesOf(answer)[0]).toMatchObject({ cause: 'path-loss', confidence: 0.9 });
    expect(assumed(answer)).toMatch(/was sent in time as the recordings show, although keepalived\.log says otherwise/);
  });
});

it('the command reads a log', () => {
  const printed = execFileSync(
    process.execPath,
    [
      join(ROOT, 'dist/cli/main.js'),
      'analyze',
      '--json',
      '--capture',
      `sender=${CAPTURE}`,
      '--log',
      join(SAMPLES, 'console.log'),
    ],
    { encoding: 'utf8' },
  );
  expect(latesOf(JSON.parse(printed) as Answer).map(({ cause }) => cause)).toEqual([
    'insufficient-evidence',
    'sender-restart',
  ]);
  expect(printed).not.toContain('s3cretpw');
});
