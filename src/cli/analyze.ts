import { collectReport, type KeptPictures } from '../collect-report.js';
import type { AnswerReport } from '../model/report.js';
import type { Analyze, AnalyzeProgress } from '../model/request.js';
import { renderGaps, renderJson, renderNdjson } from '../reports/index.js';
import type { AnalyzeArguments, ReportKind } from './analyze-arguments.js';
import { raiseAnalyzeArguments } from './analyze-arguments.js';
import type { AnalyzeLowArguments } from './analyze-flags.js';
import { analyzeFlags, startAnalyzeArguments } from './analyze-flags.js';
import type { CommandDefinition } from './command.js';
import type { ExitCode } from './exit-codes.js';
import { chooseExitCode, EXIT } from './exit-codes.js';
import { findErrors, findExcessLoss, findFailOn, findUnusable } from './limits.js';
import { writeAll, writeMessage } from './output.js';
import { openProgress } from './progress.js';
import { checkReportFiles, writeReportFile, type ReportFile } from './report-files.js';
import { untilSignal, type UntilSignal } from './until-signal.js';
import type { World } from './world.js';

const render = async (report: AnswerReport, args: AnalyzeArguments): Promise<string> => {
  const { answer } = report;
  const { zone, width, colors, all } = args;
  switch (args.form) {
    case 'json':
      return renderJson(answer);
    case 'gaps':
      return renderGaps(answer, { zone });
    case 'ndjson':
      return renderNdjson(answer);
    case 'markdown': {
      const { renderMarkdown } = await import('../reports/markdown/index.js');
      return renderMarkdown(report, { zone });
    }
    case 'terminal': {
      // Loaded where it is wanted: scripts, which read JSON, start sooner.
      const { renderTerminal } = await import('../reports/terminal/index.js');
      return renderTerminal(answer, { zone, width, colors, all });
    }
  }
};

const FILE_RENDERERS: Readonly<
  Record<ReportKind, (report: AnswerReport, args: AnalyzeArguments) => Promise<string | Uint8Array>>
> = {
  html: async (report, { zone, sourceDate }) => {
    const { renderHtml } = await import('../reports/html/index.js');
    return renderHtml(report, { zone, generatedAt: sourceDate });
  },
  perfetto: async (report, { all }) => {
    const { renderPerfetto } = await import('../reports/perfetto/index.js');
    return renderPerfetto(report, { all });
  },
  prometheus: async (report) => {
    const { renderPrometheus } = await import('../reports/prometheus.js');
    return renderPrometheus(report);
  },
  junit: async (report) => {
    const { renderJunit } = await import('../reports/junit.js');
    return renderJunit(report);
  },
};

const listFiles = ({ files }: AnalyzeArguments): (ReportFile & { flag: ReportKind })[] =>
  (Object.keys(FILE_RENDERERS) as ReportKind[]).flatMap((flag) => {
    const path = files[flag];
    return path === null ? [] : [{ flag, path }];
  });

/** Which pictures the reports that were asked for draw. */
const choosePictures = ({ files, all }: AnalyzeArguments): KeptPictures =>
  files.perfetto !== null && all ? 'all' : files.html !== null || files.perfetto !== null ? 'late' : 'none';

/** Write the answer and what the limits say about it. A reader that went away wants neither. */
const report = async (collected: AnswerReport, args: AnalyzeArguments, world: World): Promise<ExitCode> => {
  const { answer } = collected;
  for (const { flag, path } of listFiles(args))
    await writeReportFile(path, await FILE_RENDERERS[flag](collected, args));
  if ((await writeAll(world.stdout, await render(collected, args))) === 'closed') return EXIT.answered;
  const applying: ExitCode[] = [];
  for (const message of findUnusable(answer)) {
    applying.push(EXIT.unusableInput);
    await writeMessage(world, message);
  }
  for (const message of args.strict ? findErrors(answer) : []) {
    applying.push(EXIT.unusableInput);
    await writeMessage(world, message);
  }
  if (args.maxLossPercent !== null) {
    for (const message of findExcessLoss(answer, args.maxLossPercent)) {
      applying.push(EXIT.unusableInput);
      await writeMessage(world, message);
    }
  }
  const met = args.failOn === null ? null : findFailOn(answer, args.failOn);
  if (met !== null) {
    applying.push(EXIT.failOn);
    await writeMessage(world, met);
  }
  return chooseExitCode(applying);
};

/** Analyse, or stop at a signal: whichever comes first. */
const analyzeUntilSignal = async (
  args: AnalyzeArguments,
  world: World,
  analyze: Analyze,
): Promise<UntilSignal<AnswerReport>> => {
  const progress = openProgress(world);
  const onProgress = (at: AnalyzeProgress): void => {
    progress.show(at);
  };
  try {
    return await untilSignal(world, (signal) =>
      collectReport(analyze, args.request, { onProgress, signal }, choosePictures(args)),
    );
  } finally {
    progress.clear();
  }
};

/**
 * From arguments to exit code, with the analysis to use.
 *
 * @throws UsageError, InputError, and what the analysis throws
 */
export const runAnalyze = async (low: AnalyzeLowArguments, world: World, analyze: Analyze): Promise<ExitCode> => {
  const args = raiseAnalyzeArguments(low, world);
  const files = listFiles(args);
  if (files.length > 0) await checkReportFiles(files);
  const outcome = await analyzeUntilSignal(args, world, analyze);
  return 'signal' in outcome ? outcome.signal : report(outcome.done, args, world);
};

/** `whylate analyze`: every late advertisement in the inputs, and why. */
export const analyzeCommand: CommandDefinition<AnalyzeLowArguments> = {
  name: 'analyze',
  summary: 'every late advertisement in the inputs, and why',
  operands: { name: 'file', help: 'traces, captures, logs and session folders, each recognised by its content' },
  epilogue: `
Durations: 250ms, 3.5s, 2m, 1h (also us, ns). A capture alone lists the late
advertisements; a trace alone takes the send system calls as advertisements;
both together tell where the time went.

Exit codes: 0 answered, 1 failure of the program, 2 usage, 3 an input is
unusable, lost more than --max-loss or has errors (--strict), 4 --fail-on met, 130 and 143 signals.

Examples:
  whylate analyze --trace trace.jsonl.gz --capture receiver=b.pcap
  whylate analyze session-folder --utc
  sysdig -r trace.scap -j | whylate analyze --json --trace -
`,
  flags: analyzeFlags,
  start: startAnalyzeArguments,
  run: (low, world) =>
    runAnalyze(low, world, async (request, hooks) => {
      const { analyze } = await import('../analysis.js');
      return analyze(request, hooks);
    }),
};
