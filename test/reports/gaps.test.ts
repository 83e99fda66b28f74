import { expect, it } from 'vitest';
import { renderGaps } from '../../src/reports/gaps.js';
import * as answers from './answers.js';
import { expectGolden } from './golden.js';

it('prints one line per gap', () => {
  const text = renderGaps(answers.everythingAnswer(), { zone: 'utc' });
  expectGolden('everything.gaps.txt', text);
  expect(text.split('\n')).toHaveLength(answers.CAUSES.length + 1);
});

it('shows the gap of the published case to the microsecond', () => {
  expect(renderGaps(answers.everythingAnswer(), { zone: 'utc' })).toContain(
    '5.035432 205/ipv4 192.168.205.8->224.0.0.18 insufficient-evidence\n',
  );
});

it('stays one line whatever the names are', () => {
  expect(renderGaps(answers.hostileAnswer(), { zone: 'utc' }).match(/\n/g)).toHaveLength(1);
});

it('orders the gaps of several instances by time', () => {
  const [first, second, third] = answers.CAUSES;
  const answer = answers.answerOf([answers.instanceOf([first!, third!]), answers.instanceOf([second!], { vrid: 7 })]);
  const vrids = renderGaps(answer, { zone: 'utc' })
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[3]);
  expect(vrids).toEqual(['205/ipv4', '7/ipv4', '205/ipv4']);
});

it('prints nothing where there is no gap', () => {
  expect(renderGaps(answers.nothingLateAnswer(), { zone: 'utc' })).toBe('');
});
