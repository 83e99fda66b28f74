import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stripVTControlCharacters } from 'node:util';
import type { Answer } from '../../src/model/answer.js';
import { renderTerminal } from '../../src/reports/terminal/index.js';
import { measureText } from '../../src/reports/terminal/width.js';
import * as answers from './answers.js';
import { expectGolden } from './golden.js';

const show = (answer: Answer, width = 100, more: Partial<Parameters<typeof renderTerminal>[1]> = {}): string =>
  renderTerminal(answer, { width, colors: false, zone: 'utc', all: false, ...more });

const withoutSpace = (text: string): string => text.replace(/\s+/g, '');

describe('the terminal report', () => {
  const cases = {
    everything: answers.everythingAnswer(),
    'one-late': answers.oneLateAnswer(),
    'nothing-late': answers.nothingLateAnswer(),
    'no-instance': answers.noInstanceAnswer(),
    hostile: answers.hostileAnswer(),
  };
  for (const [name, answer] of Object.entries(cases)) {
    for (const width of [40, 80, 120, 200]) {
      it(`is the golden one: ${name} at ${width} columns`, () => {
        expectGolden(`${name}.${width}.txt`, show(answer, width));
      });
    }
    it(`stays within every width: ${name}`, () => {
      for (let width = 40; width <= 200; width += 1) {
        const lines = show(answer, width).split('\n');
        for (const line of lines) expect(measureText(line), `at ${width}: ${line}`).toBeLessThanOrEqual(width);
      }
    });
    it(`says the same in colours: ${name}`, () => {
      const plain = show(answer);
      const colored = show(answer, 100, { colors: true });
      expect(stripVTControlCharacters(colored)).toBe(plain);
      // eslint-disable-next-line no-control-regex -- the colours are what is looked for
      expect(colored).toMatch(/\u001b\[/);
    });
  }

  it('cuts nothing off where it is narrow', () => {
    const narrow = withoutSpace(show(answers.everythingAnswer(), 40));
    for (const { summary, cause, advice, evidence, culprit } of answers.CAUSES) {
      for (const text of [summary, cause, ...advice, ...evidence.map((row) => row.text), culprit?.target ?? '']) {
        expect(narrow).toContain(withoutSpace(text));
      }
    }
  });

  it('has one line per late advertisement where it is wide enough', () => {
    const lines = show(answers.everythingAnswer(), 120).split('\n');
    for (const [index, { cause }] of answers.CAUSES.entries()) {
      const rows = lines.filter((line) =>
        new RegExp(`^ +${index + 1}  \\d\\d:\\d\\d:\\d\\d\\.\\d{6} .* ${cause}  `).test(line),
      );
      expect(rows, cause).toHaveLength(1);
    }
  });

  it('lets no control, bidirectional or invisible character through', () => {
    const text = show(answers.hostileAnswer());
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    expect(withoutSpace(text)).toContain('ev\\x1b[31mil\\x9b2J\\u{202e}gpj');
  });

  it('shows counters above info only, the worst first', () => {
    const text = show(answers.everythingAnswer(), 200);
    expect(text).not.toContain('vrrp_other_packets');
    expect(text.indexOf('sysdig_json_bad_row')).toBeLessThan(text.indexOf('capture_cut_record'));
    expect(text.indexOf('sysdig_json_bad_row')).toBeGreaterThan(0);
  });

  it('says plainly that nothing was late and what was looked at', () => {
    expect(show(answers.nothingLateAnswer(), 200)).toContain(
      'No late advertisement: looked at 64 advertisements (64 at send, 63 at receiver); longest gap 2.07 s.',
    );
  });

  it('says plainly that there was no advertisement', () => {
    expect(show(answers.noInstanceAnswer())).toContain('No VRRP advertisement was found');
  });

  it('lists 1,000 late ones and tells the worst 20 in detail, in order of time', () => {
    const text = show(answers.manyLateAnswer(1000), 120);
    expect(text.match(/^ +\d+ {2}\d\d:\d\d:\d\d\.\d{6} .* cpu-contention/gm)).toHaveLength(1000);
    const detailed = [...text.matchAll(/^#(\d+) /gm)].map((match) => Number(match[1]));
    expect(detailed).toEqual(Array.from({ length: 20 }, (_, index) => 804 + 10 * index));
    expect(text).toContain('Details of the worst 20 of 1,000 follow; --all tells all.');
  });

  it('tells all in detail when asked', () => {
    const text = show(answers.manyLateAnswer(1000), 120, { all: true });
    expect(text.match(/^#\d+ /gm)).toHaveLength(1000);
    expect(text).not.toContain('--all');
  });

  it('sums up the shorter parts of a long ledger, and lists them when asked', () => {
    const parts = Array.from({ length: 30 }, (_, index) =>
      index % 2 === 0 ? (['ready', 1_000_000n * BigInt(index + 1)] as const) : (['running', 500_000n] as const),
    );
    const long = answers.late({ index: 0, cause: 'cpu-contention', parts, summary: 'Many parts.' });
    const answer = answers.answerOf([answers.instanceOf([long])]);
    const text = show(answer);
    // Of 15 ready parts (1, 3, ... 29 ms) the 12 longest are listed; 1 + 3 + 5 ms and 15 times 0.5 ms remain.
    expect(text).toContain('and 18 shorter parts, 16.5 ms together (--all lists them)');
    expect(text.match(/^ {4}w {2}ready /gm)).toHaveLength(12);
    expect(show(answer, 100, { all: true }).match(/^ {4}[wr] {2}(ready|running) /gm)).toHaveLength(30);
  });

  it('draws a bar that fits though there are more parts than cells', () => {
    const parts = Array.from({ length: 300 }, (_, index) => [index % 2 === 0 ? 'ready' : 'running', 1_000n] as const);
    const long = answers.late({ index: 0, cause: 'cpu-contention', parts, summary: 'Many parts.' });
    expect(show(answers.answerOf([answers.instanceOf([long])]), 40)).toMatch(/^ {4}\[[wr]{34}\]$/m);
  });

  it('gives every part of a ledger a cell, the longest the most', () => {
    expect(show(answers.oneLateAnswer())).toMatch(/^ {4}\[s{56}wwr\?\]$/m);
  });

  it('numbers late advertisements through all instances and says whose they are', () => {
    const [first] = answers.CAUSES;
    const other = answers.instanceOf([{ ...first!, id: 'other' }], { vrid: null, source: null, family: 'ipv6' });
    const text = show(answers.answerOf([answers.instanceOf([first!]), other]), 120);
    expect([...text.matchAll(/^#(\d) /gm)].map((match) => match[1])).toEqual(['1', '2']);
    expect(text).toContain('VRID ? ipv6 ?->224.0.0.18');
  });
});

describe('times in the terminal report', () => {
  const before = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  it('are local unless UTC is asked for', () => {
    const local = show(answers.oneLateAnswer(), 120, { zone: 'local' });
    expect(local).toContain('times: 2014-09-10, local time, UTC+02:00');
    expect(local).toContain('19:01:23.409942');
    expect(show(answers.oneLateAnswer(), 120)).toContain('17:01:23.409942');
  });

  it('carry their dates where there is more than one', () => {
    const answer = answers.oneLateAnswer();
    const input = answer.inputs[0]!;
    const text = show({
      ...answer,
      inputs: [{ ...input, lastNs: String(BigInt(input.lastNs!) + 86_400_000_000_000n) }],
    });
    expect(text).toContain('2014-09-10 17:01:23.409942');
    expect(text).toContain('times: UTC');
  });
});
