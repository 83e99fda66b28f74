import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.js';
import { fillRuntime, parseScript } from '../../../src/sessions/script/load.js';
import { bytesOf, scriptJsonSchema } from '../../../src/sessions/script/schema.js';

const SCRIPT = `name: five-late
parameters: {vrid: 51, device: eth0, where: root@hv1}
sender: {vrid: "\${vrid}", interface: "\${device}"}
captures:
  - {name: sender, interface: "\${device}"}
  - {name: tap, interface: vnet3, host: "\${where}"}
duration: 6h
until: {late: 5}
steps:
  - at: 10s
    run: [kill, -STOP, "\${sender_pid}"]
    expect: {exit: 0}
`;

const parse = (text: string, given: Record<string, string> = {}) =>
  parseScript(text, 's.yaml', new Map(Object.entries(given)));

const failureOf = (text: string, given: Record<string, string> = {}): string => {
  try {
    parse(text, given);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'was taken';
};

describe('a session script', () => {
  it('has its parameters in their places, numbers as numbers', () => {
    const script = parse(SCRIPT);
    expect(script.sender).toEqual({ vrid: 51, interface: 'eth0' });
    expect(script.captures[1]).toEqual({ name: 'tap', interface: 'vnet3', host: 'root@hv1' });
    expect(script.steps?.[0]?.run).toEqual(['kill', '-STOP', '${sender_pid}']);
  });

  it('takes values for its parameters from outside', () => {
    expect(parse(SCRIPT, { vrid: '7', device: 'ens3' }).sender).toEqual({ vrid: 7, interface: 'ens3' });
    expect(failureOf(SCRIPT, { vird: '7' })).toBe('s.yaml: has no parameter vird; --set takes: vrid, device, where');
  });

  it('takes a seed that is a parameter', () => {
    const text = `${SCRIPT.replace('{vrid: 51', '{order: 3, vrid: 51')}arms: [{name: a}]\nseed: \${order}\n`;
    expect([parse(text).seed, parse(text, { order: '8' }).seed]).toEqual([3, 8]);
    expect(failureOf(text, { order: 'x' })).toContain('seed:');
  });

  it.each([
    [
      'a key nobody knows',
      SCRIPT.replace('duration:', 'durration:'),
      's.yaml, line 7, column 1: the script: durration',
    ],
    ['no duration', SCRIPT.replace('duration: 6h\n', ''), 's.yaml, line 1, column 1: duration:'],
    ['a bad duration', SCRIPT.replace('6h', '6 hours'), 's.yaml, line 7, column 11: duration: not a duration'],
    ['a vrid out of range', SCRIPT.replace('vrid: 51', 'vrid: 256'), 's.yaml, line 3, column 16: sender.vrid:'],
    [
      'a name that leaves the folder',
      SCRIPT.replace('name: tap', 'name: ../tap'),
      's.yaml, line 6, column 12: captures.1.name:',
    ],
    [
      'the same name twice',
      SCRIPT.replace('name: tap', 'name: sender'),
      's.yaml, line 6, column 5: captures.1: another',
    ],
    ['neither run nor shell', SCRIPT.replace(/ {4}run: .*\n/, ''), 's.yaml, line 10, column 5: steps.0: give either'],
    [
      'an expectation that is no expression',
      SCRIPT.replace('{exit: 0}', '{output: "("}'),
      's.yaml, line 12, column 22: steps.0.expect.output:',
    ],
    ['an argument that is a list', SCRIPT.replace('-STOP', '[a]'), 's.yaml, line 11, column 17: steps.0.run.1:'],
    [
      'a host that is an option of ssh',
      SCRIPT.replace('root@hv1', '-oProxyCommand=x'),
      's.yaml, line 6, column 41: captures.1.host:',
    ],
    [
      'an unknown placeholder',
      SCRIPT.replace('${where}', '${there}'),
      's.yaml, line 6, column 41: ${there} is neither',
    ],
    ['YAML that is none', 'name: [', 's.yaml, line 1, column 8:'],
    ['a key given twice', `${SCRIPT}name: again\n`, 's.yaml, line 13, column 1: Map keys must be unique'],
    [
      'until at a capture that is not there',
      SCRIPT.replace('late: 5', 'late: 5, at: far'),
      's.yaml, line 8, column 22: until.at:',
    ],
    [
      'a ring too small',
      SCRIPT.replace('until: {late: 5}', 'flight: {keep: 30s, ring: 1MB}'),
      's.yaml, line 8, column 27: flight.ring: too small',
    ],
    [
      'a step after the end',
      SCRIPT.replace('6h', '5s'),
      's.yaml, line 10, column 9: steps.0.at: the recording has ended by then',
    ],
    ['variants, as arms were called', `${SCRIPT}variants: []\n`, 's.yaml, line 13, column 1: the script: variants'],
    [
      'two arms of one name',
      `${SCRIPT}arms: [{name: a}, {name: a}]\n`,
      's.yaml, line 13, column 19: arms.1: another one has the same name',
    ],
    ['a seed and no arms', `${SCRIPT}seed: 7\n`, 's.yaml, line 13, column 7: seed: it puts arms in order'],
    ['a seed that is no whole number', `${SCRIPT}arms: [{name: a}]\nseed: 1.5\n`, 's.yaml, line 14, column 7: seed:'],
    [
      'a label arm of its own',
      `${SCRIPT}arms: [{name: a, labels: {arm: b}}]\n`,
      's.yaml, line 13, column 32: arms.0.labels.arm: the name of the arm',
    ],
    [
      'a label arm beside arms',
      `${SCRIPT}labels: {arm: b}\narms: [{name: a}]\n`,
      's.yaml, line 13, column 15: labels.arm: the name of the arm',
    ],
  ])('with %s is refused where that stands', (_, text, start) => {
    expect(failureOf(text).slice(0, start.length)).toBe(start);
  });

  it('does not quote values in errors, which may be secrets', () => {
    const secret = 'hunter2hunter2';
    expect(failureOf(SCRIPT.replace('vrid: 51', `vrid: ${secret}`))).not.toContain(secret);
    expect(failureOf(SCRIPT.replace('{exit: 0}', `{exit: ${secret}}`))).not.toContain(secret);
  });

  it('is taken or refused with a place, whatever its text', () => {
    fc.assert(
      fc.property(fc.nat(SCRIPT.length), fc.string({ maxLength: 6 }), fc.nat(20), (at, put, cut) => {
        const text = SCRIPT.slice(0, at) + put + SCRIPT.slice(at + cut);
        const failure = failureOf(text);
        expect(failure === 'was taken' || /^s\.yaml(?:, line \d+, column \d+)?: /.test(failure)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has the JSON Schema that is shipped', () => {
    const shipped: unknown = JSON.parse(
      readFileSync(new URL('../../../docs/session-script.schema.json', import.meta.url), 'utf8'),
    );
    expect(scriptJsonSchema()).toEqual(shipped);
  });
});

describe('what is known only while recording', () => {
  it('is put in its place, and nothing else', () => {
    expect(fillRuntime('a ${folder}/x ${other}', { folder: '/tmp/$1' })).toBe('a /tmp/$1/x ${other}');
  });
});

describe('sizes', () => {
  it('are decimal', () => {
    expect(['1kB', '1.5MB', '2GB', '0.5TB'].map(bytesOf)).toEqual([1e3, 1.5e6, 2e9, 5e11]);
  });
});
