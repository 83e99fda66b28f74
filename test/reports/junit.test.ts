import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { renderJunit } from '../../src/reports/junit.js';
import { reportOf } from '../support/reports.js';
import {
  answerOf,
  everythingAnswer,
  hostileAnswer,
  instanceOf,
  late,
  noInstanceAnswer,
  nothingLateAnswer,
} from './answers.js';
import { MS } from './builders.js';

const show = (answer: Answer): string => renderJunit({ answer, gaps: [], pictures: [] });

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decode = (text: string): string => {
  // eslint-disable-next-line no-control-regex -- XML 1.0, section 2.2
  expect(text).not.toMatch(/[<\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&(?!(?:amp|lt|gt|quot|apos);)/);
  expect(text).not.toMatch(/\p{Cs}/u);
  return text.replace(/&(\w+);/g, (_, name: string) => ENTITIES[name] ?? '');
};

/** A strict reader of the XML that is written: elements, attributes in double quotes, text; whatever else fails. */
const parseXml = (xml: string): Element => {
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  expect(body).not.toBe(xml);
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    if (match === null) throw new Error(`no XML: ${body.slice(at, at + 80)}`);
    const [, closed, name, attributes = '', empty, text] = match;
    const scope = open.at(-1) ?? root;
    if (text !== undefined) scope.text += decode(text);
    else if (closed !== undefined) expect(open.pop()?.name).toBe(closed);
    else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decode(value)]);
      expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
      const element: Element = { name, attributes: Object.fromEntries(pairs) as Record<string, string>, children: [], text: '' };
      scope.children.push(element);
      if (empty === '') open.push(element);
    }
  }
  expect(open).toHaveLength(1);
  expect(root.children).toHaveLength(1);
  return root.children[0]!;
}; // prettier-ignore

const expectTotals = ({ children }: Element): void => {
  for (const suite of children) {
    expect(suite.attributes['tests']).toBe(String(suite.children.length));
    const failed = suite.children.filter((one) => one.children.some(({ name }) => name === 'failure'));
    expect(suite.attributes['failures']).toBe(String(failed.length));
  }
};

describe('JUnit XML', () => {
  it('fails for each late advertisement, with its cause, and passes an instance without one', () => {
    const [first] = everythingAnswer().instances;
    const root = parseXml(show(answerOf([first!, instanceOf([], { vrid: 7 })])));
    expectTotals(root);
    expect(root.attributes).toMatchObject({ tests: '18', failures: '17', skipped: '0' });
    const [suite, quiet] = root.children;
    expect(suite?.attributes['name']).toBe('VRID 205 ipv4 192.168.205.8->224.0.0.18');
    const failure = suite?.children[0]?.children[0];
    expect(failure?.attributes).toEqual({ type: 'stopped', message: first?.late[0]?.summary });
    expect(failure?.text).toContain('ready up to 14 ms svc7');
    expect(suite?.children[0]?.attributes['time']).toBe('2.070000');
    expect(quiet?.children.map(({ attributes, children }) => [attributes['name'], children.length])).toEqual([['no late advertisement', 0]]);
  }); // prettier-ignore

  it('does not pass where nothing was looked at', () => {
    const root = parseXml(show(noInstanceAnswer()));
    expect(root.attributes).toMatchObject({ tests: '1', failures: '0', skipped: '1' });
    expect(root.children[0]?.children[0]?.children[0]?.name).toBe('skipped');
    expect(parseXml(show(nothingLateAnswer())).attributes).toMatchObject({ tests: '1', failures: '0', skipped: '0' });
  });

  it('is XML whatever the names', () => {
    const made = late({ index: 0, cause: 'stopped', parts: [['stopped', MS, { process: ']]>&"\u0000\ud800\ufffe<!--' }]], summary: "<a b='\u0001'>\ufffe\udfff" }); // prettier-ignore
    for (const answer of [hostileAnswer(), answerOf([instanceOf([made])])]) {
      const root = parseXml(show(answer));
      expectTotals(root);
    }
  });

  it('is the same each time, and has the late ones of a recording', async () => {
    const report = await reportOf('sigstop');
    expect(renderJunit(report)).toBe(renderJunit(await reportOf('sigstop')));
    const root = parseXml(renderJunit(report));
    expect(root.children.map(({ attributes }) => attributes['failures'])).toEqual(['2', '0']);
  });
});
