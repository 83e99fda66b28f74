import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { exists } from './files.js';
import { runCommand } from '../processes/run-command.js';

/** Where the bpftrace recorder lies. */
export const recorderFile = (name: string): string =>
  fileURLToPath(new URL(`../../../scripts/recorders/${name}`, import.meta.url));

/** What the tracer printed, before it is made into rows, and what it said meanwhile. */
export const PARTS = 'parts';
export const MESSAGES = 'tracer.messages.txt';
const TRACE = 'trace.jsonl.gz';
const STATS = 'trace.stats.txt';
const SCAP = 'trace.scap';

/** Rendering is bounded by the size of what was recorded; this only ends one that hangs (ms). */
const RENDER_PATIENCE = 4 * 3_600_000;

/**
 * Make the trace that analyses read from what the tracer left: parts of the bpftrace recorder, or a file in sysdig's own format.
 *
 * @param window only rows within, ns since 1970
 * @returns what went wrong, for people; what the tracer left is then kept
 */
export const renderTrace = async (
  folder: string,
  window: { sinceNs: string; untilNs: string } | null,
): Promise<string | null> => {
  if (await exists(join(folder, PARTS))) return renderParts(folder, window);
  if ((await exists(join(folder, SCAP))) && !(await exists(join(folder, TRACE)))) return convertScap(folder);
  return null;
};

const renderParts = async (
  folder: string,
  window: { sinceNs: string; untilNs: string } | null,
): Promise<string | null> => {
  const names = await readdir(join(folder, PARTS));
  const parts = names.filter((name) => name.endsWith('.raw')).sort();
  if (parts.length > 0) {
    const messages = join(folder, MESSAGES);
    const argv = [
      ...['nice', '-n', '10', process.execPath, recorderFile('render-rows.js')],
      ...(window === null ? [] : ['--since', window.sinceNs, '--until', window.untilNs]),
      ...((await exists(messages)) ? ['--messages', messages] : []),
      ...['--out', join(folder, TRACE), '--stats', join(folder, STATS)],
      ...parts.map((name) => join(folder, PARTS, name)),
    ];
    const { exit, how, output } = await runCommand(argv, { timeoutMs: RENDER_PATIENCE });
    if (exit !== 0) {
      const said = output.trim().split('\n').at(-1) ?? '';
      return `the trace in ${folder} could not be rendered (${how === 'ok' ? said : how}); try again: whylate record --recover ${folder}`;
    }
  }
  await rm(join(folder, PARTS), { recursive: true, force: true });
  return null;
};

const convertScap = async (folder: string): Promise<string | null> => {
  const out = join(folder, TRACE);
  const temporary = `${out}.tmp`;
  const child = spawn('sysdig', ['-r', join(folder, SCAP), '-j'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<boolean>((resolve) => {
    child.on('error', () => {
      resolve(false);
    });
    child.on('close', (code) => {
      resolve(code === 0);
    });
  });
  try {
    await pipeline(child.stdout, createGzip(), createWriteStream(temporary));
    // A file cut off by a kill is read up to the cut, and sysdig then says that it failed.
    const isWhole = await ended;
    if (await hasContent(temporary)) await rename(temporary, out);
    else await rm(temporary, { force: true });
    return isWhole || (await exists(out)) ? null : `sysdig could not read ${folder}/${SCAP}`;
  } catch {
    await rm(temporary, { force: true });
    return `${folder}/${SCAP} could not be converted; on a machine with sysdig and disk: sysdig -r trace.scap -j | gzip > trace.jsonl.gz`;
  }
};

/** Whether there is more in it than gzip's own 20 bytes. */
const hasContent = async (path: string): Promise<boolean> => {
  for await (const chunk of createReadStream(path)) return (chunk as Buffer).length > 20;
  return false;
};
