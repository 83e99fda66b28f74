import { Ajv2020 } from 'ajv/dist/2020.js';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { answerSchema } from '../../src/reports/json-schema.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const recording = (name: string): string => fileURLToPath(new URL(`../../traces/${name}`, import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** Written to stdin, which is then closed. */
  readonly input?: string;
  /** Sent once all of the input, more than a pipe holds, was taken: then the analysis runs. Stdin stays open. */
  readonly signal?: NodeJS.Signals;
  /** Close the reading end of stdout at once. */
  readonly closeStdout?: boolean;
}

/** Run the built command in a fresh folder. */
const run = (args: readonly string[], { input = '', signal, closeStdout = false }: RunOptions = {}) =>
  new Promise<Outcome>((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: { ...process.env, TZ: 'UTC' } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    if (closeStdout) child.stdout.destroy();
    if (signal === undefined) child.stdin.end(input);
    else child.stdin.write(input, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code) => {
      child.stdin.destroy();
      resolve({ code, stdout, stderr });
    });
  });

const oneLine = /^whylate: [^\n]+\n$/;

describe('the built command', () => {
  it('prints its help and its schema', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await run(['schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(answerSchema)));
  });

  it('exits with 2 on a command line that cannot be meant', async () => {
    for (const args of [[], ['nonsense'], ['analyze'], ['analyze', 'x', '--nonsense']]) {
      const { code, stdout, stderr } = await run(args);
      expect(code, args.join(' ')).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(oneLine);
    }
  });

  it('exits with 0 when the reader of stdout has gone', async () => {
    expect(await run(['schema'], { closeStdout: true })).toEqual({ code: 0, stdout: '', stderr: '' });
    const story = ['analyze', recording('openstack-crime-story'), '--fail-on', 'late'];
    expect(await run(story, { closeStdout: true })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('answers the published case, in every form', async () => {
    const trace = ['analyze', '--trace', join(recording('openstack-crime-story'), 'trace.jsonl')];
    const json = await run([...trace, '--json']);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    const answer = JSON.parse(json.stdout) as Answer;
    const validate = new Ajv2020({ strictRequired: false }).compile(answerSchema);
    expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
    const [late, ...others] = answer.instances.flatMap((instance) => instance.late);
    expect(others).toEqual([]);
    expect(late).toMatchObject({
      gapNs: '5035431870',
      latenessNs: '4035431870',
      severity: 'takeover',
      cause: 'insufficient-evidence',
    });

    const gaps = await run([...trace, '--gaps', '--utc']);
    expect(gaps.code).toBe(0);
    expect(gaps.stdout).toMatch(/^2014-09-10 17:01:26\.375374 5\.035432 \S+ \S+ insufficient-evidence/);
    expect(gaps.stdout.match(/\n/g)).toHaveLength(1);

    const people = await run([...trace, '--width', '80']);
    expect(people.code).toBe(0);
    expect(people.stdout).toContain('5.04 s after the one before');
    expect(people.stdout).toContain('insufficient-evidence');
  });

  it('answers a recording with the schema it prints', async () => {
    const { code, stdout } = await run(['analyze', recording('sigstop'), '--json']);
    expect(code).toBe(0);
    const validate = new Ajv2020({ strictRequired: false }).compile(answerSchema);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('exits with 4 when --fail-on is met, answer printed, and with 0 when it is not', async () => {
    const late = await run(['analyze', recording('sigstop'), '--fail-on', 'late']);
    expect(late.code).toBe(4);
    expect(late.stdout).toContain('stopped');
    expect(late.stderr).toMatch(oneLine);
    expect(await run(['analyze', recording('clean'), '--fail-on', 'late'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('exits with 3 on inputs that cannot be used', async () => {
    const empty = join(folder, 'empty.jsonl');
    writeFileSync(empty, '');
    const other = join(folder, 'other.txt');
    writeFileSync(other, 'Dear reader,\nthis is a letter.\n');
    for (const path of [join(folder, 'missing.pcap'), empty, other]) {
      const { code, stdout, stderr } = await run(['analyze', path]);
      expect(code, path).toBe(3);
      expect(stdout).toBe('');
      expect(stderr).toMatch(oneLine);
      expect(stderr).toContain(path);
    }
  });

  it('exits with 130 and 143 on signals', async () => {
    const rows = readFileSync(join(recording('openstack-crime-story'), 'trace.jsonl'), 'utf8').repeat(400);
    const waiting = ['analyze', '--trace', '-'];
    for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
      expect(await run(waiting, { input: rows, signal })).toEqual({ code, stdout: '', stderr: '' });
    }
  });

  it('exits with 1 when the answer cannot be written', async () => {
    const child = spawn('sh', ['-c', '"$0" "$1" schema > /dev/full', process.execPath, main]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^whylate: write failed with ENOSPC; [^\n]+\n$/);
  });

  it('gives the same answer by every parser, by any number of threads, plain or compressed or from a pipe', async () => {
    const packed = recording('rt-hog/trace.jsonl.gz');
    const plain = join(folder, 'plain.jsonl');
    const bytes = gunzipSync(readFileSync(packed));
    writeFileSync(plain, bytes);
    writeFileSync(join(folder, 'plain.stats.txt'), readFileSync(recording('rt-hog/trace.stats.txt')));
    const capture = ['--capture', `receiver=${recording('rt-hog/capture.receiver.pcap')}`];
    const answers = new Map<string, string>();
    for (const args of [
      ['--threads', '1', '--trace', plain],
      ['--threads', '2', '--trace', plain],
      ['--threads', '4', '--parser', 'typescript', '--trace', plain],
      ['--parser', 'ndjson', '--trace', plain],
      ['--trace', packed],
      ['--threads', '1', '--trace', packed],
    ]) {
      const { code, stdout, stderr } = await run(['analyze', '--json', ...capture, ...args]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      answers.set(args.join(' '), stdout.replaceAll(plain, 'TRACE').replaceAll(packed, 'TRACE'));
    }
    const piped = await run(['analyze', '--json', ...capture, '--trace', '-'], { input: bytes.toString('latin1') });
    expect(new Set(answers.values()).size).toBe(1);
    const [first = ''] = answers.values();
    const wanted = JSON.parse(first) as Answer;
    const got = JSON.parse(piped.stdout) as Answer;
    expect(
      got.instances.map(({ late }) => late.map(({ cause, latenessNs, ledger }) => [cause, latenessNs, ledger])),
    ).toEqual(
      wanted.instances.map(({ late }) => late.map(({ cause, latenessNs, ledger }) => [cause, latenessNs, ledger])),
    );
    expect(wanted.instances[0]?.late.length).toBeGreaterThan(0);
  });

  it('refuses parsers and numbers of threads that there are not', async () => {
    for (const args of [
      ['--parser', 'fast'],
      ['--threads', '0'],
      ['--threads', 'all'],
    ]) {
      const { code, stderr } = await run(['analyze', '--trace', 'x', ...args]);
      expect(code).toBe(2);
      expect(stderr).toMatch(oneLine);
    }
  });
});
