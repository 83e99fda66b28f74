import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/model/comparison.js';
import { buildDocument } from '../../../src/reports/comparison/build.js';
import { renderComparisonHtml } from '../../../src/reports/comparison-html/index.js';
import { displayText } from '../../../src/model/display.js';
import { anyComparison } from '../comparison/arbitrary.js';
import * as scenes from '../comparison/scenes.js';
import { findFaults, listTags, readText } from './check-markup.js';
import { manyComparison, schedulersComparison } from './scenes.js';

const show = (comparison: Comparison): string => renderComparisonHtml(comparison, { zone: 'utc', generatedAt: null });

/** All text of the text report, cell by cell. */
const listTexts = (comparison: Comparison): string[] =>
  buildDocument(comparison, { label: (group) => group, all: true, hint: '' }, 'utc').flatMap((block) =>
    block.kind === 'table'
      ? block.rows.flat().map((pieces) => pieces.map(({ text }) => text).join(''))
      : block.kind === 'heading'
        ? []
        : block.pieces.map(({ text }) => text),
  );

/** Without spaces: where one element ends and another begins there may be none. */
const squeeze = (text: string): string => displayText(text).replace(/\s+/g, '');

describe('a comparison as a page', () => {
  const pages = { ...scenes.everyComparison(), schedulers: schedulersComparison() };

  for (const [name, comparison] of Object.entries(pages)) {
    it(`is well formed: ${name}`, () => {
      expect(findFaults(show(comparison))).toEqual([]);
    });
  }

  it('is well formed whatever the comparison', () => {
    fc.assert(
      fc.property(anyComparison, (comparison) => {
        expect(findFaults(show(comparison))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same each time', () => {
    expect(show(schedulersComparison())).toBe(show(schedulersComparison()));
  });

  it('holds each number of the text report', () => {
    for (const comparison of [scenes.clearComparison(), scenes.settingsComparison(), schedulersComparison()]) {
      const text = squeeze(readText(show(comparison)));
      // Confounders have a table of their own here.
      const texts = listTexts({ ...comparison, confounders: [] });
      expect(texts.map(squeeze).filter((told) => !told.startsWith('Noothersetting') && !text.includes(told))).toEqual(
        [],
      );
    }
  });

  it('tells the answer before anything else, then the verdicts, then the doubts', () => {
    const text = readText(
      show(schedulersComparison())
        .replace(/^[\s\S]*<main[^>]*>/, '')
        .replace(/<style>[\s\S]*?<\/style>/, ''),
    );
    const places = [
      '2 of 3 pairs differ',
      'late less often',
      'Before you rely on it',
      'How often each group is late',
    ].map((told) => text.indexOf(told));
    expect(places[0]).toBeLessThan(5);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('warns of other settings, blocks and too few sessions', () => {
    const text = readText(show(scenes.threeGroupsComparison()));
    expect(text).toContain('23 other settings differ together with kernel.release and qemu.VHOST_NET_ENABLED');
    expect(text).toContain('Order : All sessions of one group were run before those of the next');
    expect(text).toContain('Of 1 of 3 pairs there are too few sessions to tell.');
    expect(readText(show(scenes.tooFewComparison()))).toContain('not finding a difference says nothing here');
  });

  it('tells the values of other settings by group', () => {
    const text = readText(show(scenes.clearComparison()));
    expect(text).toContain('keepalived.global.vrrp_rt_priority not there 50');
    expect(text).toContain('kernel.release 6.1.0-18-amd64 6.1.0-21-amd64');
  });

  it('has no script and loads nothing', () => {
    for (const comparison of Object.values(pages)) {
      const text = listTags(show(comparison)).join('\n');
      expect(text).not.toMatch(/<script|<img|<iframe|<object|@import|url\(|\ssrc=/i);
      expect(text.match(/href="[^"]*"/g)?.filter((link) => !/^href="(?:#|data:,)/.test(link))).toEqual([]);
    }
  });

  it('keeps hostile names inert, and shows them', () => {
    const text = show(scenes.hostileComparison());
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).toContain('\\x1b[31mred');
    expect(text).toContain('abc\\u{202e}gpj');
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  });

  it('says when it was made, where that is told', () => {
    const at = '2026-06-01T08:00:00Z';
    expect(show(scenes.clearComparison())).not.toContain('<time');
    expect(renderComparisonHtml(scenes.clearComparison(), { zone: 'utc', generatedAt: at })).toContain(at);
  });

  it('stays below 5 MB with 50 groups and 1,000 sessions, and says what it leaves out', () => {
    const page = show(manyComparison());
    expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
    expect(findFaults(page)).toEqual([]);
    const text = readText(page);
    expect(text).toContain('1,219 more pairs');
    expect(text).toContain('…and 1,185 more pairs: compare --json has all.');
    expect(text).toContain('The first 30 of 50 groups are drawn');
    expect(text).toContain('…and 200 more left out');
    expect(page.match(/class="dot /g)?.length).toBe(1000 + 1);
  });

  it('draws some of very many sessions', () => {
    const scene = manyComparison();
    const sessions = Array.from({ length: 12 }, () => scene.sessions).flat();
    const page = show({ ...scene, sessions });
    expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
    expect(page.match(/class="dot /g)?.length).toBe(3000 + 1);
    expect(readText(page)).toContain('Of 12,000 sessions at most 60 of a group are drawn');
    expect(readText(page)).toContain('The first 2,000 of 12,000 are drawn');
  });
});
