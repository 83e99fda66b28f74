import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as format from '../../src/reports/format.js';

describe('formatDuration', () => {
  it.each([
    ['0', '0 ns'],
    ['999', '999 ns'],
    ['1000', '1 µs'],
    ['27110', '27.1 µs'],
    ['999499', '999 µs'],
    ['999500', '1 ms'],
    ['250000000', '250 ms'],
    ['999499999', '999 ms'],
    ['999500000', '1 s'],
    ['1070000000', '1.07 s'],
    ['1000183402', '1 s'],
    ['5035431870', '5.04 s'],
    ['9994999999', '9.99 s'],
    ['9995000000', '10 s'],
    ['99950000000', '100 s'],
    ['119400000000', '119 s'],
    ['119500000000', '2 min 0 s'],
    ['125000000000', '2 min 5 s'],
    ['7200000000000', '2 h 0 min'],
    ['-27110', '-27.1 µs'],
  ])('%s ns is %s', (ns, text) => {
    expect(format.formatDuration(ns)).toBe(text);
  });
});

describe('formatSeconds', () => {
  it.each([
    ['5035431870', '5.035432'],
    ['499', '0.000000'],
    ['500', '0.000001'],
    ['-1500000000', '-1.500000'],
  ])('%s ns is %s', (ns, text) => {
    expect(format.formatSeconds(ns)).toBe(text);
  });
});

describe('times', () => {
  const before = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  it('are cut to the microsecond', () => {
    expect(format.formatTime('1410368481339942868', 'utc')).toBe('2014-09-10 17:01:21.339942');
    expect(format.formatTime('1410368481999999999', 'utc')).toBe('2014-09-10 17:01:21.999999');
  });

  it('follow the summer time of the moment shown', () => {
    expect(format.formatTime('1410368481339942868', 'local')).toBe('2014-09-10 19:01:21.339942');
    expect(format.formatZone('1410368481339942868', 'local')).toBe('local time, UTC+02:00');
    expect(format.formatTime('1420070400000000000', 'local')).toBe('2015-01-01 01:00:00.000000');
    expect(format.formatZone('1420070400000000000', 'local')).toBe('local time, UTC+01:00');
  });

  it('of a clock without a date are not moved to a zone', () => {
    expect(format.formatTime('61281339942868', 'local')).toBe('17:01:21.339942');
    expect(format.formatTime('86400000000000', 'local')).toBe('day 1 00:00:00.000000');
    expect(format.formatTime('-1000', 'local')).toBe('day -1 23:59:59.999999');
    expect(format.formatZone('61281339942868', 'local')).toBe('clock without a date');
  });
});

describe('the other formats', () => {
  it('never round a share to certainty or to nothing', () => {
    expect([0, 0.004, 0.5, 0.97, 0.996, 1].map(format.formatShare)).toEqual([
      '0 %',
      '<1 %',
      '50 %',
      '97 %',
      '>99 %',
      '100 %',
    ]);
    expect(format.formatShare(-0.01)).toBe('-1 %');
  });

  it('show bytes and counts', () => {
    expect([0, 999, 1000, 120_000_000, 1_500_000_000].map(format.formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '120 MB',
      '1.5 GB',
    ]);
    expect(format.formatCount(594_437)).toBe('594,437');
    expect(format.formatCounted(1, 'gap')).toBe('1 gap');
    expect(format.formatCounted(2, 'gap')).toBe('2 gaps');
  });
});
