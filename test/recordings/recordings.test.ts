import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import { requestOf } from '../../src/model/request.js';
import { answerSchema } from '../../src/reports/json-schema.js';
import { renderJson } from '../../src/reports/json.js';
import { renderTerminal } from '../../src/reports/terminal/index.js';

const TRACES = join(import.meta.dirname, '../../traces');
const GOLDENS = join(import.meta.dirname, 'goldens');
const BLESS = process.env['WHYLATE_BLESS'] === '1';

const recordings = readdirSync(TRACES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** Passwords of the lab's pairs and of its test tool; they are in packets and buffers of the recordings. */
const SECRETS = ['notsecre', 'wrongpw', 'auth_pass'];

const describeLate = (late: LateAdvertisement): string[] => [
  `${late.id} sent ${late.sentNs} after ${late.previousNs} at ${late.measuredAt}: gap ${late.gapNs} late ${late.latenessNs} ${late.severity} margin ${late.marginToTakeoverNs}`,
  `  ${late.where} ${late.cause} sure ${String(late.confidence)} culprit ${JSON.stringify(late.culprit)}`,
  `  contributors ${JSON.stringify(late.contributors)}`,
  `  ${late.summary}`,
  ...late.ledger.map(
    (entry) =>
      `  ${entry.state} ${entry.fromNs} +${entry.ns} ${entry.bound} ${String(entry.process)} ${String(entry.syscall)} ${String(entry.target)} cpu ${String(entry.cpu)} evidence ${entry.evidence.join(',')}`,
  ),
  ...late.evidence.map(
    (row) =>
      `  [${row.input.slice(row.input.lastIndexOf('/') + 1)}:${String(row.line)} ${String(row.num)}] ${row.text}`,
  ),
];

const describeAnswer = (answer: Answer): string =>
  [
    ...answer.counters.map(({ name, severity, count }) => `counter ${name} ${severity} ${String(count)}`),
    ...answer.assumptions.map(({ what, why }) => `assumed ${what}: ${why}`),
    ...answer.clocks.flatMap(({ name, segments }) =>
      segments.map(
        (segment) =>
          `clock ${name} from ${segment.fromNs} offset ${segment.offsetNs} +-${segment.uncertaintyNs} drift ${String(segment.driftPpm)}`,
      ),
    ),
    ...answer.artefacts.map((artefact) => `artefact ${JSON.stringify(artefact)}`),
    ...answer.instances.flatMap((instance) => [
      `instance ${String(instance.vrid)} ${instance.family} v${String(instance.version)} ${String(instance.source)} -> ${instance.destination} priority ${String(instance.priority)} interval ${instance.intervalNs} master-down ${instance.masterDownNs} senders ${instance.senders.map(({ process, tid }) => `${process}:${String(tid)}`).join(' ')}`,
      ...instance.points.map(
        ({ name, advertisements, lost, gapsNs }) =>
          `point ${name} ${String(advertisements)} lost ${String(lost)} gaps ${JSON.stringify(gapsNs)}`,
      ),
      ...instance.late.flatMap(describeLate),
      ...instance.takeovers.map(({ atNs, by, after, late }) => `takeover ${atNs} by ${by} ${after} ${String(late)}`),
    ]),
    '',
  ].join('\n');

describe.each(recordings)('%s', (name) => {
  const answered = analyze(requestOf({ files: [join(TRACES, name)] }));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(answerSchema);

  it('is answered as before', async () => {
    const text = describeAnswer(await answered);
    const golden = join(GOLDENS, `${name}.txt`);
    if (BLESS) {
      mkdirSync(GOLDENS, { recursive: true });
      writeFileSync(golden, text);
    }
    expect(existsSync(golden), `no golden answer; write it with WHYLATE_BLESS=1 and read it`).toBe(true);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('fits the schema', async () => {
    const valid = validate(JSON.parse(renderJson(await answered)));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('has ledgers that add up, in order', async () => {
    for (const late of (await answered).instances.flatMap((instance) => instance.late)) {
      const sum = late.ledger.reduce((total, entry) => total + BigInt(entry.ns), 0n);
      expect(sum, late.id).toBe(BigInt(late.latenessNs));
      let end = 0n;
      for (const entry of late.ledger) {
        expect(BigInt(entry.fromNs) >= end, `${late.id}: ${entry.state} at ${entry.fromNs} overlaps`).toBe(true);
        if (entry.state !== 'in-flight')
          expect(BigInt(entry.toNs) - BigInt(entry.fromNs), late.id).toBe(BigInt(entry.ns));
        end = BigInt(entry.toNs);
        for (const index of entry.evidence) expect(late.evidence[index]).toBeDefined();
      }
    }
  });

  it('shows no secret', async () => {
    const answer = await answered;
    const shown = renderJson(answer) + renderTerminal(answer, { zone: 'utc', width: 100, colors: false, all: true });
    for (const secret of SECRETS) expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/\bdata=/);
  });
});
