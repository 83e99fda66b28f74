import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/model/comparison.js';
import { renderComparisonTerminal } from '../../../src/reports/comparison/terminal.js';
import { measureText } from '../../../src/reports/terminal/width.js';
import { expectGolden } from '../golden.js';
import { anyComparison } from './arbitrary.js';
import * as scenes from './scenes.js';

const show = (
  comparison: Comparison,
  width = 100,
  more: Partial<Parameters<typeof renderComparisonTerminal>[1]> = {},
): string => renderComparisonTerminal(comparison, { width, colors: false, zone: 'utc', all: false, ...more });

const expectWithin = (text: string, width: number): void => {
  expect(
    text.split('\n').filter((line) => measureText(line) > width),
    `at ${width}`,
  ).toEqual([]);
};

const withoutSpace = (text: string): string => text.replace(/\s+/g, '');

describe('a comparison on a terminal', () => {
  for (const [name, comparison] of Object.entries(scenes.everyComparison())) {
    for (const width of [60, 100, 160]) {
      it(`is the golden one: ${name} at ${width} columns`, () => {
        expectGolden(`../comparison/goldens/${name}.${width}.txt`, show(comparison, width));
      });
    }
    it(`stays within every width: ${name}`, () => {
      for (let width = 40; width <= 200; width += 4) expectWithin(show(comparison, width, { all: true }), width);
    });
    it(`says the same in colours: ${name}`, () => {
      const colored = show(comparison, 100, { colors: true });
      expect(stripVTControlCharacters(colored)).toBe(show(comparison));
      // eslint-disable-next-line no-control-regex -- the colours are what is looked for
      expect(colored).toMatch(/\u001b\[/);
    });
  }

  it('is the golden one in colours and with everything', () => {
    expectGolden('../comparison/goldens/clear.colors.txt', show(scenes.clearComparison(), 100, { colors: true }));
    expectGolden('../comparison/goldens/clear.all.txt', show(scenes.clearComparison(), 100, { all: true }));
  });

  it('stays within its width and lets no control character through, whatever the comparison', () => {
    fc.assert(
      fc.property(anyComparison, fc.integer({ min: 40, max: 200 }), fc.boolean(), (comparison, width, all) => {
        const text = show(comparison, width, { all });
        expectWithin(text, width);
        // eslint-disable-next-line no-control-regex -- these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 200 },
    );
  });

  it('says first what it comes to, and of each pair', () => {
    const comparison = scenes.threeGroupsComparison();
    const lines = withoutSpace(show(comparison, 60).split('\nGroups\n')[0] ?? '');
    expect(lines.startsWith(withoutSpace(comparison.summary))).toBe(true);
    for (const { summary } of comparison.pairs) expect(lines).toContain(withoutSpace(summary));
  });

  it('never calls none seen 0 %', () => {
    const text = show(scenes.noneLateComparison(), 160);
    expect(text).not.toMatch(/\b0 %/);
    expect(text.match(/none in 5\.0 h; below 0\.60 an hour \(95 %\)/g)).toHaveLength(4);
  });

  it('says where there are too few sessions, and how many more it takes', () => {
    const text = show(scenes.tooFewComparison(), 200);
    expect(text).toContain('0.85 % (no interval)');
    expect(text).toContain('no interval: too few sessions for an interval');
    expect(text).toContain(
      'Too few sessions to tell: with 2 and 1 sessions a doubling is found with 3.1 %; 17 in each would find it with 80 %: ' +
        '15 more of label.arm normal, 16 more of label.arm rt.',
    );
    const clear = scenes.clearComparison();
    const [pair] = clear.pairs;
    const even = show({ ...clear, pairs: [{ ...pair!, verdict: 'too-few-sessions' }] }, 160);
    expect(even).toContain(
      'Too few sessions to tell: with 5 in each a doubling is found with 27 %; 17 in each would find it with 80 %: 12 more each.',
    );
  });

  it('warns of other settings and of the order at the top', () => {
    const top = show(scenes.threeGroupsComparison(), 160).split('\nGroups\n')[0];
    expect(top).toContain(
      'Caution: 23 other settings differ with kernel.release and qemu.VHOST_NET_ENABLED too; the groups were run one after the other.',
    );
  });

  it('names every confounder, though not the values of all', () => {
    const comparison = scenes.threeGroupsComparison();
    const text = show(comparison);
    for (const { name } of comparison.confounders) expect(text).toContain(name);
    expect(text).not.toContain('sysctl.kernel.setting_22:');
    expect(show(comparison, 100, { all: true })).toContain('sysctl.kernel.setting_22: 0 in #1, #2; 22 in #3');
  });

  it('lists the first of what is long, all of it when asked', () => {
    const settings = show(scenes.settingsComparison());
    expect(settings).toContain('…and 3 more (--all tells them)');
    expect(settings).not.toContain('setting_10');
    const all = show(scenes.settingsComparison(), 100, { all: true });
    expect(all).toContain('sysctl.net.core.setting_10');
    expect(all).not.toContain('--all');
    const clear = show(scenes.clearComparison());
    expect(clear).not.toContain('systemd-journald');
    expect(clear).toContain('3 more settings differ within the groups too (--all tells them).');
    expect(show(scenes.clearComparison(), 100, { all: true })).toContain('systemd-journald');
  });

  it('calls groups by number in tables where their names are long', () => {
    const comparison = scenes.threeGroupsComparison();
    expect(show(comparison, 100)).toMatch(/^ {2}#2 {11}20 /m);
    expect(show(comparison, 200)).toMatch(
      /^ {2}kernel\.release 6\.1\.0-18-cloud-amd64, qemu\.VHOST_NET_ENABLED true +20 /m,
    );
  });

  it('shows counters above info only, the worst first', () => {
    const text = show(scenes.clearComparison());
    expect(text).not.toContain('vrrp_other_packets');
    expect(text.indexOf('sysdig_drops')).toBeLessThan(text.indexOf('session_cut_off'));
  });

  it('says how it was made', () => {
    expect(show(scenes.clearComparison(), 200)).toContain('Intervals: 95 %, 2,000 resamples of sessions, seed 1.');
  });
});
