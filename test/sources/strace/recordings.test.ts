import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../../src/model/answer.js';
import { requestOf } from '../../../src/model/request.js';
import { checkAllLedgers, timeIn } from '../../support/ledger.js';
import { recording } from '../reading-traces.js';

const own = (name: string): string => fileURLToPath(new URL(`recordings/${name}`, import.meta.url));

/** Folder and file of recordings by strace 6.1 of keepalived 2.2.7; what happened is in the name, or in truth.json. */
const WITH_TRACE = {
  'every-source-strace': recording('every-source-strace/strace.txt.gz'),
  'every-source-strace-yy': recording('every-source-strace-yy/trace.strace.gz'),
  sendfail: own('sendfail/strace.txt.gz'),
  'ipv6-sigstop': own('ipv6-sigstop/strace.txt.gz'),
  'fsfreeze-tt': own('fsfreeze-tt/strace.txt.gz'),
  flood: own('flood/strace.txt.gz'),
} as const;
type Name = keyof typeof WITH_TRACE;

const answerOf = async (name: Name, withCaptures = true): Promise<Answer> => {
  const trace = WITH_TRACE[name];
  const point = (of: string) => ({ name: of, path: trace.replace(/[^/]*$/, `capture.${of}.pcap`) });
  const captures = withCaptures ? [point('sender'), point('receiver')] : [];
  const answer = await analyze(requestOf({ traces: [trace], captures }));
  checkAllLedgers(answer);
  return answer;
};

const lateOf = ({ instances }: Answer): LateAdvertisement[] => instances.flatMap(({ late }) => late);
const causesOf = (answer: Answer): string[] => lateOf(answer).map(({ cause }) => cause);
const longestOf = (answer: Answer): LateAdvertisement =>
  lateOf(answer).reduce((a, b) => (BigInt(b.latenessNs) > BigInt(a.latenessNs) ? b : a));

describe.each([true, false])('with captures: %s', (withCaptures) => {
  it('a stop signal, a full log socket, and a CPU held by somebody strace cannot see', async () => {
    const answer = await answerOf('every-source-strace', withCaptures);
    const [stopped, blocked, starved] = lateOf(answer);
    expect(causesOf(answer)).toEqual(['stopped', 'blocked-syscall', 'insufficient-evidence']);
    expect(stopped?.culprit).toMatchObject({ process: null, pid: 22957, syscall: 'kill' });
    expect(stopped?.summary).toMatch(/^thread 22626 was stopped for 686 ms by a stop signal from process 22957/);
    expect(blocked?.culprit).toMatchObject({ pid: 22626, syscall: 'sendto', target: 'log socket' });
    expect(blocked?.ledger.find(({ state }) => state === 'blocked')?.bound).toBe('up-to');
    expect(blocked?.confidence).toBeLessThan(0.7);
    expect(blocked?.summary).toContain('or waited for a CPU in there');
    expect(starved?.summary).toContain('the trace holds no scheduler switches');
    expect(starved?.advice.join()).toContain('sysdig');
  });

  it('a full log socket (-yy)', async () => {
    expect(causesOf(await answerOf('every-source-strace-yy', withCaptures))).toEqual(['blocked-syscall']);
  });

  it('a refused send', async () => {
    const answer = await answerOf('sendfail', withCaptures);
    expect(causesOf(answer)).toEqual(['send-failed']);
    expect(longestOf(answer).culprit).toMatchObject({ syscall: 'sendmsg', target: 'EPERM' });
  });

  it('a stop signal on IPv6, and a loaded machine that is nobody known', async () => {
    const answer = await answerOf('ipv6-sigstop', withCaptures);
    expect(answer.instances).toMatchObject([{ vrid: 205, family: 'ipv6', version: 3 }]);
    expect(longestOf(answer)).toMatchObject({ cause: 'stopped', culprit: { pid: 6505 } });
    expect(new Set(causesOf(answer))).toEqual(new Set(['stopped', 'insufficient-evidence']));
  });

  it('a frozen file system, by times of day (-tt -Y)', async () => {
    const answer = await answerOf('fsfreeze-tt', withCaptures);
    expect(causesOf(answer)).toEqual(['blocked-syscall']);
    const [late] = lateOf(answer);
    expect(late?.culprit).toMatchObject({ process: 'keepalived', syscall: 'write' });
    expect(late?.culprit?.target).toMatch(/keepalived\.log$/);
  });

  it('packets that arm the timer anew', async () => {
    const answer = await answerOf('flood', withCaptures);
    const sender = answer.instances.find(({ senders }) => senders.length > 0);
    expect(sender?.late.map(({ cause }) => cause)).toEqual(['rearmed-by-packet']);
    expect(sender?.late[0]?.culprit).toMatchObject({ target: '192.168.205.9' });
  });
});

describe('the exact due time', () => {
  it('is that which the timer was armed for: the ledger of a starved sender begins there', async () => {
    const [, , starved] = lateOf(await answerOf('every-source-strace', false));
    const text = gunzipSync(readFileSync(WITH_TRACE['every-source-strace'])).toString();
    const armed = text
      .split('\n')
      .map((line) => /^\d+ (\d+)\.(\d{6}) timerfd_settime\(.*it_value=\{tv_sec=(\d+), tv_nsec=(\d+)\}/.exec(line))
      .flatMap((match) =>
        match ? [BigInt(`${match[1]!}${match[2]!}000`) + BigInt(match[3]!) * 1_000_000_000n + BigInt(match[4]!)] : [],
      );
    const longest = starved!.ledger.reduce((a, b) => (BigInt(b.ns) > BigInt(a.ns) ? b : a));
    expect(armed).toContain(BigInt(longest.fromNs));
    expect(timeIn(starved!, 'unexplained')).toBeGreaterThan(0.99 * Number(starved!.latenessNs));
  });
});

describe('the command', () => {
  const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

  it('takes the output of strace, tells that strace itself costs time, and shows nothing of payloads', () => {
    const { status, stdout } = spawnSync(process.execPath, [main, 'analyze', '--json', WITH_TRACE.sendfail], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const answer = JSON.parse(stdout) as Answer;
    expect(answer.inputs).toMatchObject([{ kind: 'strace', role: 'trace' }]);
    expect(answer.counters.map(({ name }) => name)).toEqual([
      'strace_nameless_process',
      'strace_slows_sender',
      'trace_without_switch',
    ]);
    expect(stdout).not.toMatch(/iov_base|Nov 28|\\\\300/);
  });
});
