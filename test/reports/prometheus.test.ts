import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import type { JudgedGaps } from '../../src/model/request.js';
import { renderPrometheus } from '../../src/reports/prometheus.js';
import { reportOf } from '../support/reports.js';
import {
  answerOf,
  everythingAnswer,
  hostileAnswer,
  instanceOf,
  late,
  manyLateAnswer,
  noInstanceAnswer,
  nothingLateAnswer,
} from './answers.js';
import { MS, START_NS } from './builders.js';
import { parseExposition, type Family } from './prometheus-text.js';

const gapsOf = (lateness: readonly number[]): JudgedGaps => ({
  baseNs: START_NS,
  at: Float64Array.from(lateness, (_, index) => (index + 1) * 1e9),
  gap: Float64Array.from(lateness, (ns) => 1e9 + ns),
  lateness: Float64Array.from(lateness),
});

const read = (answer: Answer, gaps: readonly JudgedGaps[] = []): Map<string, Family> =>
  parseExposition(renderPrometheus({ answer, gaps, pictures: [] }));

const valueOf = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}): number[] =>
  (families.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? families.get(name))?.samples[name]
    ?.filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .map(({ value }) => value) ?? [];

describe('metrics', () => {
  it('count late ones by cause, takeovers by what they followed, and those that were past the master-down interval', () => {
    const families = read(everythingAnswer());
    expect(valueOf(families, 'whylate_advertisements_total')).toEqual([64]);
    expect(valueOf(families, 'whylate_late_total', { cause: 'stopped', where: 'sender-vm' })).toEqual([1]);
    expect(valueOf(families, 'whylate_late_total')).toHaveLength(17);
    expect(valueOf(families, 'whylate_takeovers_total', { after: 'late' })).toEqual([1]);
    expect(valueOf(families, 'whylate_takeovers_total', { after: 'loss' })).toEqual([0]);
    expect(valueOf(families, 'whylate_past_master_down_total')).toEqual([3]);
    expect(valueOf(families, 'whylate_ledger_seconds_total', { cause: 'blocked-syscall' })).toEqual([1.7]);
    expect(valueOf(families, 'whylate_interval_seconds')).toEqual([1]);
    expect(valueOf(families, 'whylate_master_down_interval_seconds')).toEqual([3.609375]);
    expect(valueOf(families, 'whylate_lost_records', { role: 'trace' })).toEqual([0]);
    expect(valueOf(families, 'whylate_lost_records', { role: 'capture' })).toEqual([]);
    expect(valueOf(families, 'whylate_culprit_late_total', { process: 'stress-ng' })).toEqual([1]);
  });

  it('measure every gap', () => {
    const families = read(nothingLateAnswer(), [gapsOf([-5e6, 0, 1e6, 1_500_000, 30e6, 20e9])]);
    const buckets = ['0.001', '0.002', '0.02', '0.05', '10', '+Inf'].map((le) => valueOf(families, 'whylate_lateness_seconds_bucket', { le })[0]);
    expect(buckets).toEqual([3, 4, 4, 5, 5, 6]);
    expect(valueOf(families, 'whylate_lateness_seconds_sum')[0]).toBeCloseTo(20.0325, 9);
    expect(valueOf(families, 'whylate_lateness_seconds_count')).toEqual([6]);
    expect(valueOf(families, 'whylate_margin_to_takeover_seconds')[0]).toBeCloseTo(3.609375 - 21, 9);
    expect(renderPrometheus({ answer: nothingLateAnswer(), gaps: [gapsOf([0])], pictures: [] })).toMatch(
      /^whylate_last_advertisement_timestamp_seconds\{.*\} 1410368482\.339942868$/m,
    );
  }); // prettier-ignore

  it('have few series, however many late ones, processes and instances of one name', () => {
    const many = renderPrometheus({ answer: manyLateAnswer(10_000), gaps: [], pictures: [] });
    expect(many.split('\n').length).toBeLessThan(120);
    expect(valueOf(parseExposition(many), 'whylate_culprit_late_total')).toHaveLength(10);
    const twins = read(answerOf([instanceOf([]), instanceOf([])]), [gapsOf([0]), gapsOf([1])]);
    expect(valueOf(twins, 'whylate_advertisements_total')).toEqual([128]);
    expect(valueOf(twins, 'whylate_lateness_seconds_count')).toEqual([2]);
  });

  it('are well formed whatever the names, and where there is nothing', () => {
    const families = read(hostileAnswer());
    expect(valueOf(families, 'whylate_advertisements_total')).toEqual([64]);
    const quoted = late({ index: 0, cause: 'stopped', parts: [['stopped', MS]], summary: '', culprit: { process: 'a"b\\c\nd{}' } });
    const text = renderPrometheus({ answer: answerOf([instanceOf([quoted], { vrid: null, source: null })]), gaps: [], pictures: [] });
    expect(text).toContain(String.raw`process="a\"b\\c\\x0ad{}"`);
    expect(valueOf(parseExposition(text), 'whylate_culprit_late_total', { source: '' })).toEqual([1]);
    expect([...read(noInstanceAnswer()).keys()]).toEqual(['whylate_lost_records', 'whylate_build_info']);
  }); // prettier-ignore

  it('of a recording agree with its answer', async () => {
    const report = await reportOf('sigstop');
    const families = parseExposition(renderPrometheus(report));
    const sender = { source: '192.168.205.8', vrid: '205', family: 'ipv4', destination: '224.0.0.18' };
    expect(valueOf(families, 'whylate_late_total', { ...sender, cause: 'stopped' })).toEqual([2]);
    expect(valueOf(families, 'whylate_past_master_down_total', sender)).toEqual([1]);
    expect(valueOf(families, 'whylate_lateness_seconds_count', sender)).toEqual([report.gaps[0]?.gap.length]);
    expect(valueOf(families, 'whylate_margin_to_takeover_seconds', sender)[0]).toBeCloseTo(
      Number(report.answer.instances[0]?.late[1]?.marginToTakeoverNs) / 1e9, 3,
    ); // prettier-ignore
  });
});
