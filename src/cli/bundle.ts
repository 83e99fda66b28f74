import { basename, join, resolve } from 'node:path';
import { requestOf } from '../model/request.js';
import type { Bundle } from '../sessions/bundle/bundle-session.js';
import type { CommandDefinition } from './command.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';
import { parsePath } from './flag-values.js';
import { writeAll, writeMessage } from './output.js';
import { readSourceDate } from './source-date.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

interface LowBundleArguments {
  operands: readonly string[];
  out: string | null;
  withTrace: boolean;
}

const analyseFolder = async (
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly json: string; readonly markdown: string }> => {
  const { analyzeForReports } = await import('../reporting.js');
  const { renderJson } = await import('../reports/index.js');
  const { renderMarkdown } = await import('../reports/markdown/index.js');
  const { renameInputs } = await import('../reports/rename-inputs.js');
  // Where the folder lies is nobody's business, and neither of the two draws pictures.
  const report = renameInputs(await analyzeForReports(requestOf({ files: [folder] }), { signal }, 'none'), (path) =>
    path.startsWith(folder) ? basename(path) : path,
  );
  return { json: renderJson(report.answer), markdown: renderMarkdown(report, { zone: 'utc' }) };
};

const tellRemoved = async ({ removed }: Bundle, world: World): Promise<void> => {
  const { listRemovals } = await import('../sessions/bundle/describe-bundle.js');
  for (const line of listRemovals(removed)) await writeMessage(world, `removed: ${line}`);
};

const runBundle = async ({ operands, out, withTrace }: LowBundleArguments, world: World): Promise<ExitCode> => {
  const [folder, more] = operands;
  if (folder === undefined || more !== undefined) throw new UsageError('give one session folder');
  const date = readSourceDate(world.env);
  const { bundleSession, nameBundle } = await import('../sessions/bundle/bundle-session.js');
  const abort = new AbortController();
  const signals: ExitCode[] = [];
  const ignoreSignals = world.onSignal((code) => {
    signals.push(code);
    abort.abort();
  });
  try {
    const bundle = await bundleSession(folder, {
      out: out ?? join('.', `whylate-bundle-${nameBundle(folder)}.tar.gz`),
      withTrace,
      epoch: date === null ? null : Date.parse(date) / 1000,
      analyse: () => analyseFolder(resolve(folder), abort.signal),
      signal: abort.signal,
    });
    await tellRemoved(bundle, world);
    await writeAll(world.stdout, `${bundle.path}\n`);
    return EXIT.answered;
  } catch (error) {
    const [signal] = signals;
    if (signal === undefined) throw error;
    return signal;
  } finally {
    ignoreSignals();
  }
};

/** `whylate bundle`: one archive of a session to give to others. */
export const bundleCommand: CommandDefinition<LowBundleArguments> = {
  name: 'bundle',
  summary: 'put a session into one archive to give to others, without its secrets',
  operands: { name: 'session', help: 'a session folder', isSingle: true },
  epilogue: `
What is in it: versions and configuration of keepalived, its logs, the captures
without VRRP passwords, settings of the machine, and the answer. What was
removed is listed on stderr, and in REMOVED.txt in it; its path goes to stdout.

Examples:
  whylate bundle five-late-20261128-160102
  whylate bundle overnight/late-0001-20261128-031502 --out ticket-4711.tar.gz --with-trace
`,
  flags: [
    {
      name: 'out',
      value: 'FILE',
      help: 'the archive; default whylate-bundle-NAME.tar.gz here',
      update: (low, value) => (low.out = parsePath(value)),
    },
    {
      name: 'with-trace',
      help: 'the trace as well, without payloads, arguments and environments',
      update: (low, _, on) => (low.withTrace = on),
    },
  ],
  start: (operands) => ({ operands, out: null, withTrace: false }),
  run: runBundle,
};
