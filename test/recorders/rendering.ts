import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { renderParts } from '../../scripts/recorders/render-parts.js';

export const FIXTURES = join(import.meta.dirname, 'fixtures');

/** A row as `sysdig -j` prints it. */
export interface Row {
  readonly 'evt.cpu': number;
  readonly 'evt.dir': string;
  readonly 'evt.info': string;
  readonly 'evt.num': number;
  readonly 'evt.outputtime': number;
  readonly 'evt.type': string;
  readonly 'proc.name': string | null;
  readonly 'thread.tid': number;
}

/** A folder that is gone when the test is. */
export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'recorders-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

export const readRows = (path: string): Row[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

/** Statistics by their names. */
export const readStats = (path: string): Record<string, number> =>
  Object.fromEntries(
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(':')), Number.parseInt(line.slice(line.indexOf(':') + 1), 10)]),
  );

export const START = JSON.stringify({ wallMinusMonotonicNs: '1700000000000000000', descriptors: {} });

export interface Options {
  readonly since?: bigint;
  readonly until?: bigint;
  readonly messages?: string;
  /** Text of each part's start; undefined: none. */
  readonly starts?: readonly (string | undefined)[];
}

/** Render parts given as text (null: a part that is not there). */
export const renderText = async (
  texts: readonly (string | Buffer | null)[],
  options: Options = {},
): Promise<{ folder: string; rows: Row[]; stats: Record<string, number> }> => {
  const folder = makeFolder();
  const parts = texts.map((text, i) => {
    const part = join(folder, `${String(i)}.raw`);
    if (text !== null) writeFileSync(part, text);
    const start = options.starts ? options.starts[i] : START;
    if (start !== undefined) writeFileSync(join(folder, `${String(i)}.start.json`), start);
    return part;
  });
  const messages = options.messages === undefined ? null : join(folder, 'messages.txt');
  if (messages !== null) writeFileSync(messages, options.messages ?? '');
  const out = join(folder, 'trace.jsonl.gz');
  const stats = join(folder, 'trace.stats.txt');
  const { since = null, until = null } = options;
  const { rows } = await renderParts({ since, until, messages, out, stats, parts });
  return { folder, rows: rows === 0 ? [] : readRows(out), stats: readStats(stats) };
};
