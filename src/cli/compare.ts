import type { CompareRequest, CompareHooks } from '../comparing.js';
import { listConditionFigures } from '../comparison/conditions.js';
import { UnknownSettingError } from '../comparison/setting-names.js';
import type { Comparison } from '../model/comparison.js';
import { raiseCompareArguments, type CompareArguments } from './compare-arguments.js';
import { compareFlags, startCompareArguments, type CompareLowArguments } from './compare-flags.js';
import type { CommandDefinition } from './command.js';
import { chooseExitCode, EXIT, type ExitCode } from './exit-codes.js';
import { findUndecidable, findWhyFailed, findWhyUndecided } from './gate.js';
import { writeAll, writeMessage } from './output.js';
import { openProgress } from './progress.js';
import { checkReportFiles, writeReportFile } from './report-files.js';
import { UsageError } from './usage-error.js';
import { untilSignal, type UntilSignal } from './until-signal.js';
import type { World } from './world.js';

const render = async (comparison: Comparison, args: CompareArguments): Promise<string> => {
  const { zone, width, colors, all } = args;
  if (args.form === 'json') {
    const { renderJson } = await import('../reports/index.js');
    return renderJson(comparison);
  }
  if (args.form === 'markdown') {
    const { renderComparisonMarkdown } = await import('../reports/comparison/markdown.js');
    return renderComparisonMarkdown(comparison, { zone });
  }
  const { renderComparisonTerminal } = await import('../reports/comparison/terminal.js');
  return renderComparisonTerminal(comparison, { zone, width, colors, all });
};

/** Write the comparison and what the conditions say about it. A reader that went away wants neither. */
const report = async (comparison: Comparison, args: CompareArguments, world: World): Promise<ExitCode> => {
  if (args.html !== null) {
    const { renderComparisonHtml } = await import('../reports/comparison-html/index.js');
    await writeReportFile(
      args.html,
      renderComparisonHtml(comparison, { zone: args.zone, generatedAt: args.sourceDate }),
    );
  }
  if ((await writeAll(world.stdout, await render(comparison, args))) === 'closed') return EXIT.answered;
  const applying: ExitCode[] = [];
  for (const message of findUndecidable(comparison, args.failIf)) {
    applying.push(EXIT.unusableInput);
    await writeMessage(world, message);
  }
  for (const message of findWhyFailed(comparison, args)) {
    applying.push(EXIT.failOn);
    await writeMessage(world, message);
  }
  if (args.failIfWorse) for (const message of findWhyUndecided(comparison)) await writeMessage(world, message);
  return chooseExitCode(applying);
};

type Compare = (request: CompareRequest, hooks: CompareHooks) => Promise<Comparison>;

/** Compare, or stop at a signal: whichever comes first. */
const compareUntilSignal = async (
  request: CompareRequest,
  world: World,
  compare: Compare,
): Promise<UntilSignal<Comparison>> => {
  const progress = openProgress(world);
  let at = 'reading the first session';
  try {
    return await untilSignal(world, (signal) =>
      compare(request, {
        onSession: (done, of) => {
          at = `${String(done)} of ${String(of)} sessions done, reading the next`;
        },
        onProgress: (read) => {
          progress.show(read, at);
        },
        signal,
      }),
    );
  } catch (error) {
    throw error instanceof UnknownSettingError ? new UsageError(error.message) : error;
  } finally {
    progress.clear();
  }
};

/**
 * From arguments to exit code, with the comparison to use.
 *
 * @throws UsageError, InputError, and what the comparison throws
 */
export const runCompare = async (low: CompareLowArguments, world: World, compare: Compare): Promise<ExitCode> => {
  if (low.schema) {
    const { comparisonSchema } = await import('../reports/comparison/json-schema.js');
    await writeAll(world.stdout, `${JSON.stringify(comparisonSchema, null, 2)}\n`);
    return EXIT.answered;
  }
  const args = raiseCompareArguments(low, world);
  if (args.html !== null) await checkReportFiles([{ flag: 'html', path: args.html }]);
  const outcome = await compareUntilSignal(args.request, world, compare);
  return 'signal' in outcome ? outcome.signal : report(outcome.done, args, world);
};

const figures = listConditionFigures().filter((name) => !name.includes('.'));

/** `whylate compare`: groups of sessions, and whether they differ. */
export const compareCommand: CommandDefinition<CompareLowArguments> = {
  name: 'compare',
  summary: 'group recorded sessions by a setting and compare lateness and causes',
  operands: { name: 'session', help: 'session folders, folders that hold some, or glob patterns' },
  epilogue: `
Without --by: which of the settings that differ tells late sessions from
punctual ones. A session is one observation: many short ones, recorded in turn,
tell more than few long ones (docs/statistics.md).

Figures for --fail-if: ${figures.slice(0, 5).join(', ')},
${figures.slice(5).join(', ')}; rates also as NAME.lower and NAME.upper, the
ends of their interval.

Exit codes: 0 answered, 1 failure of the program, 2 usage, 3 an input is
unusable, 4 a condition was met, 130 and 143 signals.

Examples:
  whylate compare recordings/* --by label.arm
  whylate compare old/ new/ --by kernel.release --markdown > ticket.md
  whylate compare nightly/* --by label.image --baseline old --fail-if-worse
`,
  flags: compareFlags,
  start: startCompareArguments,
  run: (low, world) =>
    runCompare(low, world, async (request, hooks) => {
      const { compare } = await import('../comparing.js');
      return compare(request, hooks);
    }),
};
