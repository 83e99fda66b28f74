import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import { CounterTable } from '../../src/model/counters.js';
import { nameOfPath } from '../../src/sources/open.js';
import { openScap, openScapFile } from '../../src/sources/scap/index.js';
import type { OpenTrace } from '../../src/sources/trace/open-trace.js';
import { chunked, countsOf, plainEvents, recording, rowOf, type PlainEvent } from './reading-traces.js';
import { hasSysdig, readJson, runSysdig } from './sysdig-text/reading.js';

const SCAP = recording('vm-paused/trace.scap.gz');

const root = mkdtempSync(join(tmpdir(), 'whylate-scap-test-'));
const temporary = join(root, 'tmp');
mkdirSync(temporary);
const [PATH, TMPDIR] = [process.env['PATH'], process.env['TMPDIR']];

beforeEach(() => {
  process.env['TMPDIR'] = temporary;
});
afterEach(() => {
  process.env['PATH'] = PATH;
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  expect(readdirSync(temporary)).toEqual([]);
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const collect = async ({ header, batches }: OpenTrace): Promise<PlainEvent[]> => {
  const events: PlainEvent[] = [];
  for await (const batch of batches) events.push(...plainEvents(batch, header.baseNs));
  return events;
};

const contextOf = (signal?: AbortSignal) => ({
  where: 'x.scap',
  counters: new CounterTable(),
  ...(signal === undefined ? {} : { signal }),
});

const fileOf = (name: string, content: Uint8Array | string): string => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What does not hang on the names of bystanders, which the rows of the recording leave out, and on numbers of events. */
const withoutNames = ({ id, sentNs, latenessNs, where, cause, ledger }: LateAdvertisement) => ({
  id,
  sentNs,
  latenessNs,
  where,
  cause,
  ledger: ledger.map(({ state, fromNs, toNs, ns, bound, cpu }) => [state, fromNs, toNs, ns, bound, cpu]),
});

const noBytes = (): void => undefined;

describe.skipIf(!hasSysdig)('a file in the format of sysdig', () => {
  const short = join(root, 'short.scap');
  let plain = Buffer.alloc(0);
  let expected: PlainEvent[] = [];
  const isBeginning = (read: readonly PlainEvent[]): boolean => isDeepStrictEqual(read, expected.slice(0, read.length));

  beforeAll(async () => {
    runSysdig(['-r', SCAP, '-n', '6000', '-w', short]);
    plain = readFileSync(short);
    expected = await readJson(runSysdig(['-r', short, '-j']));
  });

  it('is read as what sysdig makes of it', async () => {
    const read = await collect(await openScapFile(short, contextOf(), noBytes));
    expect([read.length, isBeginning(read)]).toEqual([expected.length, true]);
  });

  it('may be compressed, and tells how far it has been read', async () => {
    let bytes = 0;
    const { batches } = await openScapFile(SCAP, contextOf(), (more) => (bytes += more));
    let length = 0;
    for await (const batch of batches) length += batch.length;
    expect(length).toBe(23_284);
    expect(bytes).toBeGreaterThan(1_000_000);
  });

  it.skipIf(spawnSync('zstd', ['--version']).status !== 0)(
    'may be compressed in a way that sysdig cannot read',
    async () => {
      execFileSync('zstd', ['-q', short]);
      const read = await collect(await openScapFile(`${short}.zst`, contextOf(), noBytes));
      expect([read.length, isBeginning(read)]).toEqual([expected.length, true]);
    },
  );

  it('is copied where it comes through a pipe', async () => {
    const read = await collect(await openScap(chunked(plain), contextOf()));
    expect([read.length, isBeginning(read)]).toEqual([expected.length, true]);
  });

  it('whose name looks like an option is a file', async () => {
    const before = process.cwd();
    fileOf('-w', plain);
    process.chdir(root);
    try {
      expect(await collect(await openScapFile('-w', contextOf(), noBytes))).toHaveLength(expected.length);
    } finally {
      process.chdir(before);
    }
  });

  it('that ends in the middle is read up to there', async () => {
    const context = contextOf();
    const read = await collect(
      await openScapFile(fileOf('cut.scap', plain.subarray(0, plain.length - 50_001)), context, noBytes),
    );
    expect(read.length).toBeGreaterThan(3000);
    expect(isBeginning(read)).toBe(true);
    expect(countsOf(context.counters)).toEqual({ scap_ended_early: 1 });
  });

  it('of a later version is refused', async () => {
    const later = Buffer.from(plain);
    later.writeUInt16LE(9, 12);
    await expect(openScapFile(fileOf('later.scap', later), contextOf(), noBytes)).rejects.toThrow(
      /^x\.scap: was written by a newer sysdig than sysdig [\d.]+ \(.*Upgrade your version\.\); read it with the sysdig that wrote it, and give what that prints: sysdig -r FILE -j > trace\.jsonl$/,
    );
  });

  it('with blocks of a later version is read up to the first', async () => {
    const later = Buffer.from(plain);
    for (let at = 0, count = 0; at < later.length; at += later.readUInt32LE(at + 4))
      if (++count === 3000) later.writeUInt32LE(0x2ff, at);
    const context = contextOf();
    const read = await collect(await openScapFile(fileOf('blocks.scap', later), context, noBytes));
    expect(isBeginning(read)).toBe(true);
    expect(read.length).toBeGreaterThan(1500);
    expect(countsOf(context.counters)).toEqual({ scap_ended_early: 1 });
  });

  it.each([64, 1000])('of which only %i bytes are there is refused', async (length) => {
    const path = fileOf('begin.scap', plain.subarray(0, length));
    await expect(openScapFile(path, contextOf(), noBytes)).rejects.toThrow(
      /^x\.scap: (?:is cut or damaged at its beginning|cannot be read by sysdig|holds no usable)/,
    );
  });

  it('gives the answer that its rows give, in a session folder', () => {
    const folder = join(root, 'session');
    mkdirSync(folder);
    for (const name of ['trace.scap.gz', 'capture.sender.pcap', 'capture.tap.pcap'])
      copyFileSync(recording(`vm-paused/${name}`), join(folder, name));
    const [scap, json] = [folder, recording('vm-paused')].map((path) => {
      const output = execFileSync(process.execPath, [MAIN, 'analyze', path, '--json'], { encoding: 'utf8' });
      return JSON.parse(output) as Answer;
    });
    expect(scap?.inputs[0]).toMatchObject({ kind: 'scap', records: 23_284, loss: { known: false } });
    const lates = (answer?: Answer) => answer?.instances.map(({ late }) => late.map(withoutNames));
    expect(lates(scap)).toEqual(lates(json));
    expect(lates(scap)?.flat()).not.toHaveLength(0);
  });

  it('is told of with the version that read it', async () => {
    const context = { ...contextOf(), where: nameOfPath('a\u001bb.scap') };
    const { reader, batches } = await openScapFile(SCAP, context, noBytes);
    expect(reader?.what).toMatch(/^a\\x1bb\.scap was read by sysdig \d/);
    await batches[Symbol.asyncIterator]().return?.();
  });
});

describe('the sysdig that is run', () => {
  const PID = join(root, 'pid');

  /** A program of that name, first in the path; `$PID` is where it may leave its own. */
  const install = (script: string): void => {
    const bin = mkdtempSync(join(root, 'bin-'));
    const path = join(bin, 'sysdig');
    writeFileSync(
      path,
      `#!/bin/sh\n[ "$1" = --version ] && { echo sysdig version 9.8.7; exit; }\necho $$ > '${PID}'\n${script}\n`,
    );
    chmodSync(path, 0o755);
    process.env['PATH'] = `${bin}:${PATH ?? ''}`;
    rmSync(PID, { force: true });
  };
  const print = (...rows: readonly string[]): string => rows.map((row) => `echo '${row}'`).join('\n');
  const isRunning = (): boolean => {
    try {
      return process.kill(Number(readFileSync(PID, 'utf8')), 0);
    } catch {
      return false;
    }
  };
  const file = fileOf('x.scap', 'x');

  it('is needed', async () => {
    process.env['PATH'] = root;
    const message =
      /^x\.scap: is in sysdig's own format \(scap\), and there is no sysdig here to read it; install sysdig, or convert it/;
    await expect(openScapFile(file, contextOf(), noBytes)).rejects.toThrow(message);
    await expect(openScap(chunked('x'), contextOf())).rejects.toThrow(message);
  });

  it('is given a path, and the language its messages are read in', async () => {
    install('[ "$LC_ALL" = C ] && [ "$#" = 3 ] && [ "$1$3" = -r-j ] && cat "$2"');
    const context = contextOf();
    expect(await collect(await openScapFile(fileOf('rows', `${rowOf(1)}\n`), context, noBytes))).toHaveLength(1);
    expect(await collect(await openScap(chunked(`${rowOf(1)}\n`), context))).toHaveLength(1);
    expect(countsOf(context.counters)).toEqual({});
  });

  it('may crash before the first event', async () => {
    install('kill -SEGV $$');
    await expect(openScapFile(file, contextOf(), noBytes)).rejects.toThrow(
      /^x\.scap: made sysdig 9\.8\.7 crash \(SIGSEGV\); /,
    );
    await expect(openScap(chunked('x'), contextOf())).rejects.toThrow(/crash \(SIGSEGV\)/);
  });

  it('may crash later', async () => {
    install(`${print(rowOf(1))}\nprintf '{"evt.cpu":0,"ev'\nkill -SEGV $$`);
    const context = contextOf();
    expect(await collect(await openScapFile(file, context, noBytes))).toHaveLength(1);
    expect(countsOf(context.counters)).toEqual({ scap_reader_crashed: 1, sysdig_json_cut_line: 1 });
  });

  it('may print nothing', async () => {
    install('exit 0');
    await expect(openScapFile(file, contextOf(), noBytes)).rejects.toThrow(/holds no usable sysdig event/);
  });

  it('may say more than anybody wants to know, which is shown safely', async () => {
    install(`head -c 3000000 /dev/zero | tr '\\0' x >&2\n${print(rowOf(1))}`);
    expect(await collect(await openScapFile(file, contextOf(), noBytes))).toHaveLength(1);
    install(`printf 'no \\033[31m%300s\\n' x >&2; exit 3`);
    await expect(openScapFile(file, contextOf(), noBytes)).rejects.toThrow(
      /^x\.scap: cannot be read by sysdig 9\.8\.7 \(no \\x1b\[31m {180,200}\); /,
    );
  });

  it('is killed when nobody wants more', async () => {
    install(`exec yes '${rowOf(1)}'`);
    for (const open of [() => openScapFile(file, contextOf(), noBytes), () => openScap(chunked('x'), contextOf())]) {
      const { batches } = await open();
      const iterator = batches[Symbol.asyncIterator]();
      await iterator.next();
      expect(isRunning()).toBe(true);
      await iterator.return?.();
      expect(isRunning()).toBe(false);
    }
  });

  it('is killed when progress throws', async () => {
    install(`exec yes '${rowOf(1)}'`);
    const stop = (): never => {
      throw new Error('enough');
    };
    await expect(openScapFile(file, contextOf(), stop)).rejects.toThrow('enough');
    expect(isRunning()).toBe(false);
  });

  it('is killed at an abort, though it says nothing', async () => {
    install('exec sleep 60');
    const controller = new AbortController();
    const opening = openScapFile(file, contextOf(controller.signal), noBytes);
    while (!existsSync(PID) || readFileSync(PID, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('stopped'));
    await expect(opening).rejects.toThrow('stopped');
    expect(isRunning()).toBe(false);
  });

  it('leaves no copy where the bytes cannot be read', async () => {
    install('exit 0');
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      await Promise.reject(new Error('gone'));
    };
    await expect(openScap(failing(), contextOf())).rejects.toThrow('gone');
    process.env['TMPDIR'] = join(root, 'nowhere');
    await expect(openScap(chunked('x'), contextOf())).rejects.toThrow(
      /cannot be copied to a temporary file for sysdig \(ENOENT\); make room/,
    );
  });
});
