/** A script with two arms, recorded for real, and compared to the right conclusion. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ComparedGroup, Comparison } from '../../src/model/comparison.js';
import type { SessionJson } from '../../src/sessions/folder/session-json.js';
import { useLab } from './support/lab.js';
import { ROOT, whylate } from './support/run.js';

const SCRIPT = join(ROOT, 'scripts/sessions/priority.yaml');
/** Such an interval (s) has fifteen to be late in one short session. */
const INTERVAL = 0.2;
/** A tracer comes and goes for longer than these sessions take, so some do without, as many in each arm; why something was late the others tell. */
const TRACED = { repetitions: 1, tracer: 'bpftrace' };
const UNTRACED = { repetitions: 4, tracer: 'none' };
const SESSIONS = TRACED.repetitions + UNTRACED.repetitions;
const SEED = 2026;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

describe('a sender at normal priority and one at vrrp_rt_priority 50, under the same load', () => {
  const lab = useLab('file', INTERVAL);
  let recordings: readonly string[];
  let comparison: Comparison;

  const record = async (values: { repetitions: number; tracer: string }): Promise<string> => {
    const out = join(lab().folder, values.tracer);
    const all = { lab: lab().folder, id: lab().id, duration: '4500ms', load: 3.5, pause: '200ms', ...values };
    const options = Object.entries(all).flatMap(([name, value]) => ['--set', `${name}=${String(value)}`]);
    const { exit, stderr } = await whylate('record', SCRIPT, '--out', out, '--seed', String(SEED), ...options);
    expect(exit, stderr).toBe(0);
    return out;
  };

  const readSessions = (recording: string): SessionJson[] =>
    readdirSync(recording)
      .map((name) => readJson(join(recording, name, 'session.json')) as SessionJson)
      .sort((a, b) => (a.order?.position ?? 0) - (b.order?.position ?? 0));

  const groupOf = (arm: string): ComparedGroup => {
    const found = comparison.groups.find(({ values }) => values['label.arm'] === arm);
    if (!found) throw new Error(`no group ${arm}; there are ${comparison.groups.map(({ name }) => name).join(', ')}`);
    return found;
  };

  beforeAll(async () => {
    recordings = [await record(TRACED), await record(UNTRACED)];
    const { exit, stdout, stderr } = await whylate('compare', ...recordings, '--by', 'label.arm', '--json');
    expect(exit, stderr).toBe(0);
    comparison = JSON.parse(stdout) as Comparison;
  }, 240_000);

  it('is recorded in an order that the seed gave, with the settings of each arm', () => {
    for (const recording of recordings) {
      const sessions = readSessions(recording);
      expect(sessions.map(({ order }) => order)).toEqual(
        sessions.map((_, i) => ({
          ...{ seed: SEED, position: i + 1, of: sessions.length },
          repetition: Math.floor(i / 2) + 1,
        })),
      );
      const times = sessions.map(({ startNs }) => BigInt(startNs ?? 0));
      expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
      for (const { run, labels, sender, settings, loss, complete } of sessions) {
        const { 'sender.sched.policy': policy } = readJson(join(recording, run, 'environment.json')) as Record<
          string,
          unknown
        >;
        expect({ run, policy }).toEqual({ run, policy: labels['arm'] === 'normal' ? 'other' : 'rr' });
        expect(sender.pid).not.toBeNull();
        expect(complete).toBe(true);
        expect(settings.map(({ restored }) => restored)).toEqual([true]);
        expect(loss.trace?.dropped ?? 0).toBeLessThan(Math.max(1, (loss.trace?.offered ?? 0) / 1_000));
      }
    }
  });

  it('has the sender as it was when all is over', () => {
    expect(readFileSync(join(lab().folder, 'keepalived.conf'), 'utf8')).not.toContain('vrrp_rt_priority');
  });

  it('is late at normal priority, and that is shown', () => {
    expect(comparison.groups.map(({ sessions }) => sessions)).toEqual([SESSIONS, SESSIONS]);
    const [normal, realTime] = [groupOf('normal'), groupOf('rt-50')];
    expect(normal.sessionsWithLate).toBe(SESSIONS);
    expect(realTime.late).toBeLessThan(normal.late / 4);
    expect(comparison.pairs).toHaveLength(1);
    const [pair] = comparison.pairs;
    const worse = pair?.verdict === 'worse' ? pair.b : pair?.verdict === 'better' ? pair.a : pair?.verdict;
    expect(worse, pair?.summary).toBe(normal.name);
  });

  it('is late by contention for its CPU with the load', () => {
    const { causes, culprits } = groupOf('normal');
    // Those without a tracer do not tell why.
    const told = causes.filter(({ cause }) => cause !== 'insufficient-evidence');
    expect(told[0]?.cause).toBe('cpu-contention');
    expect(culprits[0]).toMatchObject({ cause: 'cpu-contention', process: 'reindexer' });
  });

  it('differs in its scheduling, which is the arm itself, and not in the time of recording', () => {
    expect(comparison.confounders.map(({ name }) => name)).toContain('sender.sched.policy');
    expect(comparison.order.kind, comparison.order.summary ?? '').not.toBe('blocks');
    expect(comparison.order.runs).toBeGreaterThanOrEqual(SESSIONS);
  });
});
