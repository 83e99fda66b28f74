import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PARTS, recorderFile } from '../folder/render.js';
import type { SessionJson } from '../folder/session-json.js';
import { planTracer, type RunPlan, type SessionPlan } from '../plan/plan.js';
import type { TracerKind } from '../plan/tools.js';
import { runCommand } from '../processes/run-command.js';
import { describeEnd, Tool, type ToolPlan } from '../processes/tool.js';
import { freeBytes } from './disk-guard.js';
import type { Ending } from './ending.js';
import { contains, describeFailure, sizeOf, ToolFailure, waitUntilReady } from './readiness.js';

/** Where the bytes of tools go that do not go to files. */
export interface Sink {
  /** Take all that a tool prints. */
  take(stream: string, output: AsyncIterable<Uint8Array>): void;
  /** How much it printed so far. */
  bytesOf(stream: string): number;
}

const CAPTURE_PATIENCE = 15_000;
/** A disk with less left than this many bytes takes nothing more. */
const FULL = 1e6;
/** tcpdump answers a signal within this time (ms). */
const STATISTICS_MS = 200;
const TRACER_PATIENCE = 60_000;
/** bpftrace's stdout leaves it in pieces of this size; the first one means that events are recorded. */
const FIRST_PIECE = 4096;

/** The names of the streams in a {@link Sink}. */
export const TRACE_STREAM = 'trace';
export const VITALS_STREAM = 'vitals';

/** The tools of one recording: started one after the other, ended together. */
export class Instruments {
  readonly #folder: string;
  readonly #mark: Readonly<Record<string, string>>;
  readonly #ending: Ending;
  readonly #sink: Sink | null;
  readonly #tools: Tool[] = [];

  /** @param sink null where everything goes to files in the folder */
  constructor(folder: string, mark: Readonly<Record<string, string>>, ending: Ending, sink: Sink | null) {
    this.#folder = folder;
    this.#mark = mark;
    this.#ending = ending;
    this.#sink = sink;
  }

  /**
   * Start everything, and wait until all of it records.
   *
   * @throws ToolFailure
   */
  async start(run: RunPlan, plan: SessionPlan, tracer: TracerKind | null): Promise<void> {
    const captures = run.captures.map((capture) => this.#start(capture, `capture.${capture.point}`));
    if (run.vitals !== null) this.#start(run.vitals, VITALS_STREAM);
    await Promise.all(
      captures.map((tool) => this.#wait(tool, () => contains(this.#path(tool.plan.stderr), 'listening on'))),
    );
    if (tracer === null || this.#ending.signal.aborted) return;
    const toolPlan = planTracer(tracer, plan);
    if (tracer === 'bpftrace' && this.#sink === null) await mkdir(this.#path(PARTS), { recursive: true });
    const tool = this.#start(toolPlan, TRACE_STREAM);
    const file = toolPlan.stdout ?? 'trace.scap';
    const least = tracer === 'bpftrace' ? FIRST_PIECE : 1;
    const printed = (): Promise<number> =>
      this.#sink === null ? sizeOf(this.#path(file)) : Promise.resolve(this.#sink.bytesOf(TRACE_STREAM));
    await this.#wait(tool, async () => (await printed()) >= least, TRACER_PATIENCE);
    if (tracer === 'bpftrace' && this.#sink === null) {
      await takeSnapshot(join(this.#folder, PARTS, '0001.start.json'), this.#mark);
    }
  }

  /** Have tcpdump say what it lost so far, as it does at its end; one behind ssh cannot be told. */
  async askForStatistics(): Promise<void> {
    for (const tool of this.#tools)
      if (tool.plan.end === 'SIGINT' && tool.plan.argv.includes('tcpdump')) tool.send('SIGUSR1');
    await sleep(STATISTICS_MS);
  }

  /** End everything. */
  async stop(): Promise<void> {
    await Promise.all(this.#tools.map((tool) => tool.stop()));
  }

  /** What ran, with the versions the tools tell. */
  async describe(): Promise<SessionJson['tools']> {
    return Promise.all(
      this.#tools.map(async ({ plan, end }) => ({
        name: plan.name,
        version: await readToolVersion(plan),
        command: [...plan.argv],
        end: end === null ? null : describeEnd(end),
      })),
    );
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  #start(plan: ToolPlan, stream: string): Tool {
    const tool = new Tool(plan, this.#folder, this.#mark, this.#sink === null ? 'file' : 'pipe');
    this.#tools.push(tool);
    if (tool.output !== null) this.#sink?.take(stream, tool.output as AsyncIterable<Uint8Array>);
    void tool.ended.then(async () => {
      if (tool.told || this.#ending.signal.aborted) return;
      const failure = await describeFailure(tool, this.#folder);
      // Tools seldom say why they cannot write.
      const isFull = (await freeBytes(this.#folder)) < FULL;
      this.#ending.bring(isFull ? 'disk-full' : 'tool-ended', isFull ? `the disk is full: ${failure}` : failure);
    });
    return tool;
  }

  #wait(tool: Tool, isReady: () => Promise<boolean>, patience = CAPTURE_PATIENCE): Promise<void> {
    return waitUntilReady(tool, this.#folder, isReady, patience, this.#ending.signal);
  }
}

const SNAPSHOT_PATIENCE = 30_000;

/**
 * What the bpftrace recorder must know of the moment a part of the trace begins: the clocks, and what the descriptors of all processes are.
 *
 * @throws ToolFailure
 */
export const takeSnapshot = async (path: string, mark: Readonly<Record<string, string>>): Promise<void> => {
  const argv = ['sh', '-c', '"$1" "$2" --snapshot > "$3.tmp" && mv -- "$3.tmp" "$3"', 'sh', process.execPath];
  const { exit, how, output } = await runCommand([...argv, recorderFile('render-rows.js'), path], {
    env: mark,
    timeoutMs: SNAPSHOT_PATIENCE,
  });
  if (exit !== 0) throw new ToolFailure(`the descriptors could not be listed: ${how === 'ok' ? output.trim() : how}`);
};

/** Tools behind another program, as `ip netns exec NAME tcpdump`. */
const TOOLS = ['tcpdump', 'bpftrace', 'sysdig'];

const readToolVersion = async ({ argv }: ToolPlan): Promise<string | null> => {
  if (argv[0] === 'ssh') return null;
  const program = argv.find((word) => TOOLS.includes(word));
  if (program === undefined) return null;
  const { output } = await runCommand([program, '--version'], { timeoutMs: 3_000 });
  return /\d+\.\d+[\w.-]*/.exec(output)?.[0] ?? null;
};
