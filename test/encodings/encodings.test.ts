/** One recorded session in every encoding that is read: the same late advertisements, and of traces the same causes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCapture, type CaptureEncoding } from '../../scripts/encodings/captures.js';
import { encodeSysdigText } from '../../scripts/encodings/sysdig-text.js';
import { encodeSysdigJson } from '../../scripts/encodings/traces.js';
import { analyze } from '../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import { requestOf } from '../../src/model/request.js';
import { checkAllLedgers } from '../support/ledger.js';

const folderOf = (name: string): string => fileURLToPath(new URL(`../../traces/${name}/`, import.meta.url));
const SESSION = folderOf('every-source');
const STRACED = folderOf('every-source-strace');
const ROUTER = '192.168.205.8';

const root = mkdtempSync(join(tmpdir(), 'whylate-encodings-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const scratch = (name: string): string => {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
};

const lateOf = (answer: Answer): LateAdvertisement[] =>
  answer.instances.filter(({ source }) => source === ROUTER).flatMap(({ late }) => late);

const byCapture = (path: string): Promise<Answer> => analyze(requestOf({ captures: [{ name: 'receiver', path }] }));

const withCaptures = (folder: string, ...traces: string[]): Promise<Answer> =>
  analyze(
    requestOf({
      traces,
      captures: ['sender', 'receiver'].map((name) => ({ name, path: join(folder, `capture.${name}.pcap`) })),
    }),
  );

/** What every encoding of a capture must say alike, but for the digits that an encoding does not have. */
const gapsOf = (answer: Answer): { severity: string; cause: string; gap: number }[] =>
  lateOf(answer).map(({ severity, cause, gapNs }) => ({ severity, cause, gap: Number(gapNs) }));

interface Accusation {
  readonly cause: string;
  readonly where: string;
  readonly process: string | null;
  readonly latenessNs: string;
  readonly severity: string;
}

const accusationsOf = (answer: Answer): Accusation[] =>
  lateOf(answer).map(({ cause, where, culprit, latenessNs, severity }) => ({
    cause,
    where,
    process: culprit?.process ?? null,
    latenessNs,
    severity,
  }));

const captures: CaptureEncoding[] = encodeCapture(join(SESSION, 'capture.receiver.pcap'), scratch('captures'));
const rows = gunzipSync(readFileSync(join(SESSION, 'trace.jsonl.gz')))
  .toString('utf8')
  .trimEnd()
  .split('\n');
const traces = [
  ...encodeSysdigJson(rows, scratch('traces')),
  // The recording lies at 22:03; so it runs over midnight.
  ...encodeSysdigText(rows, 7_000).map(({ name, text }) => {
    const path = join(root, name);
    writeFileSync(path, text);
    return { name, paths: [path] };
  }),
  { name: 'perf.txt.gz', paths: [join(SESSION, 'perf.txt.gz')] },
];

it('there are two dozen encodings and more', () => {
  expect(captures.length + traces.length).toBeGreaterThanOrEqual(24);
  const kinds = new Set(captures.map(({ name }) => name));
  expect(kinds.size).toBe(captures.length);
});

describe('a capture', () => {
  let expected: ReturnType<typeof gapsOf>;
  let first: bigint;
  beforeAll(async () => {
    const answer = await byCapture(join(SESSION, 'capture.receiver.pcap'));
    expected = gapsOf(answer);
    first = BigInt(lateOf(answer)[0]!.sentNs);
    expect(expected.length).toBeGreaterThanOrEqual(3);
  });

  it.each(captures.map((encoding) => [encoding.name, encoding] as const))(
    'as %s',
    async (_, { path, resolutionNs, clock }) => {
      const answer = await byCapture(path);
      const found = gapsOf(answer);
      expect(found.map(({ severity, cause }) => ({ severity, cause }))).toEqual(
        expected.map(({ severity, cause }) => ({ severity, cause })),
      );
      for (const [i, { gap }] of found.entries())
        expect(Math.abs(gap - expected[i]!.gap)).toBeLessThan(2 * resolutionNs);
      if (clock === 'epoch')
        expect(Math.abs(Number(BigInt(lateOf(answer)[0]!.sentNs) - first))).toBeLessThan(2 * resolutionNs);
    },
  );
});

describe('a trace', () => {
  let expected: ReturnType<typeof accusationsOf>;
  beforeAll(async () => {
    expected = accusationsOf(await withCaptures(SESSION, join(SESSION, 'trace.jsonl.gz')));
    expect(expected.map(({ cause }) => cause)).toEqual(['stopped', 'blocked-syscall', 'cpu-contention']);
  });

  it.each(traces.map((encoding) => [encoding.name, encoding.paths] as const))('as %s', async (_, paths) => {
    const answer = await withCaptures(SESSION, ...paths);
    checkAllLedgers(answer);
    expect(accusationsOf(answer)).toEqual(expected);
  });

  // Texts of a whole session are large: these end before its last fault, or the last two.
  it.each([
    ['trace-cmd.txt.gz', 2],
    ['ftrace.txt.gz', 1],
  ])('as %s, which ends early: as far as it reaches', async (name, reached) => {
    const answer = await withCaptures(SESSION, join(SESSION, name));
    checkAllLedgers(answer);
    const found = accusationsOf(answer);
    expect(found.slice(0, reached)).toEqual(expected.slice(0, reached));
    expect(found.slice(reached).map(({ cause }) => cause)).toEqual(
      expected.slice(reached).map(() => 'insufficient-evidence'),
    );
  });
});

describe('two accounts of the same lateness', () => {
  it('make one answer with the evidence of both', async () => {
    const perf = join(SESSION, 'perf.txt.gz');
    const main = join(SESSION, 'trace.jsonl.gz');
    const [alone, both] = [await withCaptures(SESSION, main), await withCaptures(SESSION, main, perf)];
    checkAllLedgers(both);
    expect(accusationsOf(both)).toEqual(accusationsOf(alone));
    for (const late of lateOf(both)) {
      const inputs = new Set(late.evidence.map(({ input }) => input));
      expect(inputs).toContain(main);
      expect(inputs).toContain(perf);
    }
    expect(both.inputs.filter(({ role }) => role === 'trace').map(({ kind }) => kind)).toEqual([
      'sysdig-json',
      'perf-script',
    ]);
    expect(both.clocks.map(({ name }) => name)).toContain(perf);
  });

  it('strace agrees where it can tell, and accuses nobody where it cannot', async () => {
    const strace = join(STRACED, 'strace.txt.gz');
    const main = await withCaptures(STRACED, join(STRACED, 'trace.jsonl.gz'));
    const alone = await withCaptures(STRACED, strace);
    checkAllLedgers(alone);
    const causes = lateOf(main).map(({ cause }) => cause);
    expect(lateOf(alone).map(({ cause }) => cause)).toEqual(
      causes.map((cause) => (cause === 'cpu-contention' ? 'insufficient-evidence' : cause)),
    );
    const both = await withCaptures(STRACED, join(STRACED, 'trace.jsonl.gz'), strace);
    expect(lateOf(both).map(({ cause }) => cause)).toEqual(causes);
    const stopped = lateOf(both).find(({ cause }) => cause === 'stopped')!;
    expect(stopped.evidence.map(({ input }) => input)).toContain(strace);
  });
});
