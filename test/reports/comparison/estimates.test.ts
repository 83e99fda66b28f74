import { describe, expect, it } from 'vitest';
import * as estimates from '../../../src/reports/comparison/estimates.js';
import * as format from '../../../src/reports/format.js';
import { alone, estimate } from './builders.js';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.000083, '0.000083'],
    [0.6, '0.60'],
    [1, '1.0'],
    [1.249, '1.2'],
    [9.96, '10'],
    [43.2, '43'],
    [99.6, '100'],
    [123.4, '123'],
    [1234.5, '1,235'],
    [-0.4, '-0.40'],
  ])('%d is %s', (value, text) => {
    expect(format.formatNumber(value)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [0.000083, '0.0083 %'],
    [0.012, '1.2 %'],
    [0.999, '>99 %'],
    [1, '100 %'],
  ])('the rate %d is %s', (rate, text) => {
    expect(format.formatRate(rate)).toBe(text);
  });

  it.each([
    [0.00001, '<0.0001'],
    [0.0312, '0.031'],
    [0.5, '0.50'],
    [1, '1'],
  ])('the probability %d is %s', (p, text) => {
    expect(format.formatProbability(p)).toBe(text);
  });

  it.each([
    ['18000000000000', '5.0 h'],
    ['45000000000000', '12.5 h'],
    ['900000000000', '0.25 h'],
    ['125000000000', '2 min 5 s'],
    ['4320000000000000', '1,200 h'],
  ])('%s ns recorded are %s', (ns, text) => {
    expect(format.formatHours(ns)).toBe(text);
  });

  it('have a sign where they are differences', () => {
    expect(format.formatSigned(1.2)).toBe('+1.2');
    expect(format.formatSigned(0)).toBe('0');
    expect(format.formatSignedNs(1.5e9)).toBe('+1.5 s');
    expect(format.formatSignedNs(-1.5e9)).toBe('-1.5 s');
    expect(format.formatNs(0.2)).toBe('0 s');
  });

  it('are times to the second', () => {
    expect(format.formatSecond('1410368481339942868', 'utc')).toBe('2014-09-10 17:01:21');
  });
});

describe('estimates', () => {
  it.each([
    [estimate(0.012, 0.008, 0.019), '1.2 % (0.80 to 1.9 %)'],
    [estimate(0, 0, 0.000167, 'rule-of-three'), 'below 0.017 % (95 %)'],
    [estimate(0, 0, null, 'rule-of-three'), 'none'],
    [estimate(0, 0, 0), 'none'],
    [estimate(0, 0, 0.02), 'none (at most 2.0 %)'],
    [alone(0), 'none (no interval)'],
    [alone(0.012), '1.2 % (no interval)'],
    [alone(null), '-'],
    [estimate(0.9, 0.48, 0.999), '90 % (48 to >99 %)'],
    [estimate(0.012, 0.008, null), '1.2 % (at least 0.80 %)'],
    [estimate(0.012, null, 0.019), '1.2 % (at most 1.9 %)'],
    [estimate(null, 0.008, 0.019), '0.80 to 1.9 %'],
  ])('the rate %j is %s', (rate, text) => {
    expect(estimates.describeRate(rate, 0.95)).toBe(text);
  });

  it('are numbers an hour', () => {
    expect(estimates.describePerHour(estimate(43.2, 26.8, 61.8), 0.95)).toBe('43 an hour (27 to 62)');
    expect(estimates.describePerHour(estimate(0, 0, 0.6, 'rule-of-three'), 0.95)).toBe('below 0.60 an hour (95 %)');
    expect(estimates.describePerHour(alone(null), 0.95)).toBe('-');
  });

  it('are times an hour, a shared unit said once', () => {
    expect(estimates.describeTime(estimate(4.52e9, 3.11e9, 6.04e9), 0.95)).toBe('4.52 s (3.11 to 6.04 s)');
    expect(estimates.describeTime(estimate(0.9e9, 0.3e9, 1.1e9), 0.95)).toBe('900 ms (300 ms to 1.1 s)');
    expect(estimates.describeTime(estimate(180e9, 130e9, 250e9), 0.95)).toBe('3 min 0 s (2 min 10 s to 4 min 10 s)');
    expect(estimates.describeTimeDifference(estimate(1.2e9, -0.3e9, 2.6e9), 0.95)).toBe('+1.2 s (-300 ms to +2.6 s)');
  });

  it('are differences and ratios', () => {
    expect(estimates.describeDifference(estimate(0.012, 0.008, 0.016))).toBe('+1.2 percentage points (+0.80 to +1.6)');
    expect(estimates.describeDifference(alone(0.012))).toBe(
      '+1.2 percentage points (too few sessions for an interval)',
    );
    expect(estimates.describeRatio(estimate(11, 5, 21), 0.95)).toBe('11 times the rate (5.0 to 21)');
    expect(estimates.describeRatio(estimate(null, 3.2, null), 0.95)).toBe('at least 3.2 times the rate (95 %)');
    expect(estimates.describeRatio(alone(null), 0.95)).toBe('-');
  });

  it.each([
    [0.146, 'negligible'],
    [-0.147, 'small'],
    [0.329, 'small'],
    [0.33, 'medium'],
    [-0.473, 'medium'],
    [0.474, 'large'],
    [-1, 'large'],
  ])("Cliff's delta %d is %s (Romano et al. 2006)", (delta, name) => {
    expect(estimates.nameEffect(delta)).toBe(name);
    expect(estimates.describeDelta(alone(delta), 0.95)).toContain(name);
  });
});
