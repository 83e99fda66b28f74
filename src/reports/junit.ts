import type { AnswerInstance, LateAdvertisement, LedgerEntry } from '../model/answer.js';
import { displayText } from '../model/display.js';
import type { AnswerReport } from '../model/report.js';
import { formatDuration, formatInstance, formatSeconds, formatTime } from './format.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Not in XML 1.0, section 2.2, and left by `displayText`: halves of surrogate pairs, and two that are no characters. */
const NOT_XML = /[\ud800-\udfff\ufffe\uffff]/gu;

/** Text from anywhere, inert in an element or a quoted attribute. */
const escapeXml = (text: string): string =>
  displayText(text)
    .replace(NOT_XML, '\ufffd')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

const writeAttributes = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

const describePart = ({ state, ns, bound, process, syscall, target }: LedgerEntry): string => {
  const who = [process, syscall, target].filter((part) => part !== null).join(' ');
  return `${state} ${bound === 'up-to' ? 'up to ' : ''}${formatDuration(ns)}${who === '' ? '' : ` ${who}`}`;
};

const describeLate = (late: LateAdvertisement): string[] => [
  late.summary,
  `gap ${formatDuration(late.gapNs)} at ${late.measuredAt}, ${formatDuration(late.latenessNs)} late`,
  ...late.ledger.map(describePart),
  ...late.advice.map((advice) => `advice: ${advice}`),
];

/** A suite as it is written, with what its totals are made of. */
interface Suite {
  readonly text: string;
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly ns: bigint;
}

const writeSuite = (name: string, cases: readonly string[], failures: number, skipped: number, ns: bigint): Suite => {
  const attributes = writeAttributes({
    name,
    tests: cases.length,
    failures,
    errors: 0,
    skipped,
    time: formatSeconds(ns),
  });
  return {
    text: `  <testsuite${attributes}>\n${cases.join('')}  </testsuite>\n`,
    tests: cases.length,
    failures,
    skipped,
    ns,
  };
};

const writeLateCase = (late: LateAdvertisement, classname: string): string => {
  const name = `${late.id}, sent ${formatTime(late.sentNs, 'utc')}`;
  const attributes = writeAttributes({ classname, name, time: formatSeconds(late.gapNs) });
  const failure = writeAttributes({ type: late.cause, message: late.summary });
  const body = describeLate(late).map(escapeXml).join('\n');
  return `    <testcase${attributes}>\n      <failure${failure}>${body}</failure>\n    </testcase>\n`;
};

const writeInstance = (instance: AnswerInstance): Suite => {
  const classname = `vrrp.${instance.vrid ?? 'unknown'}.${instance.family}`;
  const longest = instance.points.reduce(
    (most, { gapsNs }) => (gapsNs !== null && BigInt(gapsNs.max) > most ? BigInt(gapsNs.max) : most),
    0n,
  );
  const cases = instance.late.map((late) => writeLateCase(late, classname));
  const passed = writeAttributes({ classname, name: 'no late advertisement', time: formatSeconds(longest) });
  return writeSuite(
    formatInstance(instance),
    cases.length > 0 ? cases : [`    <testcase${passed}/>\n`],
    cases.length,
    0,
    cases.length > 0 ? instance.late.reduce((sum, { gapNs }) => sum + BigInt(gapNs), 0n) : longest,
  );
};

/** Inputs without an advertisement prove nothing, so they do not pass. */
const writeNothing = (): Suite => {
  const attributes = writeAttributes({ classname: 'vrrp', name: 'no late advertisement', time: '0.000000' });
  const skipped = writeAttributes({ message: 'no VRRP advertisement was found in these inputs' });
  return writeSuite('VRRP', [`    <testcase${attributes}>\n      <skipped${skipped}/>\n    </testcase>\n`], 0, 1, 0n);
};

/**
 * The answer as JUnit XML (XML 1.0, UTF-8): a suite for each instance, in it a failed case for each late advertisement (`type`: its cause, `time`: the gap
 * in seconds), or one that passes where none was late. Times in it are UTC.
 */
export const renderJunit = ({ answer }: AnswerReport): string => {
  const suites = answer.instances.length > 0 ? answer.instances.map(writeInstance) : [writeNothing()];
  const attributes = writeAttributes({
    name: `whylate ${answer.tool.version}`,
    tests: suites.reduce((sum, { tests }) => sum + tests, 0),
    failures: suites.reduce((sum, { failures }) => sum + failures, 0),
    errors: 0,
    skipped: suites.reduce((sum, { skipped }) => sum + skipped, 0),
    time: formatSeconds(suites.reduce((sum, { ns }) => sum + ns, 0n)),
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes}>\n${suites
    .map(({ text }) => text)
    .join('')}</testsuites>\n`;
};
