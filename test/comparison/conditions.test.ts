import { describe, expect, it } from 'vitest';
import { meets, parseCondition } from '../../src/comparison/conditions.js';
import { compareThem, sessionsOf } from './sessions.js';

describe('a condition', () => {
  it.each([
    ['late_rate > 0.01', 'late_rate', '>', 0.01],
    ['late_rate>1%', 'late_rate', '>', 0.01],
    ['  late_per_hour.upper >= 0.5 ', 'late_per_hour.upper', '>=', 0.5],
    ['p99 < 5ms', 'p99', '<', 5_000_000],
    ['sessions <= 4', 'sessions', '<=', 4],
    ['late_rate > 1e-3', 'late_rate', '>', 0.001],
  ])('%s is read', (text, figure, operator, limit) => {
    const condition = parseCondition(text);
    expect(condition).toMatchObject({ figure, operator });
    expect(condition.limit).toBeCloseTo(limit, 12);
  });

  it.each([
    ['late_rate', /write a figure/],
    ['late_rate = 1', /write a figure/],
    ['rate > 1', /no such figure; there are late_rate/],
    ['late_rate > much', /no number/],
    ['p99 > 5', /not a duration/],
    ['late_rate > 5ms', /no number/],
    ['constructor > 1', /no such figure/],
  ])('%s is refused', (text, message) => {
    expect(() => parseCondition(text)).toThrow(message);
  });

  it.each([
    ['late_rate > 0.001', true],
    ['late_rate > 0.01', false],
    ['late_rate >= 0.002', true],
    ['late_rate.upper < 1', true],
    ['late > 20', true],
    ['max >= 200ms', true],
    ['max > 200ms', false],
    ['p50 <= 500us', true],
    ['hours > 2.9', true],
    ['hours > 3', false],
    ['sessions < 3', false],
    ['takeovers > 0', false],
    ['takeovers_per_hour.upper < 1', true],
  ])('%s is held against a group: %s', (text, met) => {
    const [group] = compareThem(sessionsOf([6, 7, 9])).groups;
    expect(group && meets(group, parseCondition(text))).toBe(met);
  });

  it('of an interval that is not there cannot be decided', () => {
    const [group] = compareThem(sessionsOf([6])).groups;
    expect(group && meets(group, parseCondition('late_rate.upper > 0'))).toBeNull();
  });
});
