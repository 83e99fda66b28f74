import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseDuration } from '../../model/parse-duration.js';
import { makeRandom, shuffled } from '../../model/random.js';
import { onHost } from '../processes/ssh.js';
import type { ToolPlan } from '../processes/tool.js';
import { bytesOf, type CollectScript, type SessionScript, type StepScript } from '../script/schema.js';
import { toChange, type Change } from '../settings/changes.js';
import { planBpftrace, planCapture, planSysdig, planVitals, type TracerKind } from './tools.js';

/** A step of a recording. */
export interface StepPlan {
  /** ns after the moment everything records. */
  readonly atNs: number;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  readonly exit: number;
  /** What its output must match. */
  readonly output: RegExp | null;
}

/** Something else that goes into the folder. */
export interface CollectPlan {
  /** A file of this machine that is copied, or a command whose output is kept. */
  readonly from: { readonly file: string } | { readonly argv: readonly string[] };
  readonly as: string;
}

/** Where a recording stands among those of a script with arms. */
export interface PlaceInOrder {
  /** What the order was drawn from. */
  readonly seed: number;
  /** From 1, in order of time. */
  readonly position: number;
  /** How many recordings there are. */
  readonly of: number;
  /** From 1; each has all arms once. */
  readonly repetition: number;
}

/** One recording: everything that will be run, in the order in which it is. */
export interface RunPlan {
  /** `1`, `off-2`: repetition, and arm where there are some. */
  readonly name: string;
  /** null without arms. */
  readonly order: PlaceInOrder | null;
  readonly folder: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
  readonly captures: readonly (ToolPlan & { readonly point: string })[];
  readonly vitals: ToolPlan | null;
  readonly steps: readonly StepPlan[];
  readonly collect: readonly CollectPlan[];
}

/** A script as what is to be done. */
export interface SessionPlan {
  readonly script: SessionScript;
  /** What the order of the arms was drawn from; null without arms. */
  readonly seed: number | null;
  readonly runs: readonly RunPlan[];
  /** What is tried in this order where the script does not settle it; empty for none. */
  readonly tracers: readonly TracerKind[];
  readonly durationNs: number;
  readonly pauseMs: number;
  readonly until: { readonly late: number } | null;
  /** The capture at which late advertisements are seen. */
  readonly watched: string;
  readonly lateAfterNs: number | null;
  readonly flight: { readonly keepNs: number; readonly ringBytes: number } | null;
  readonly reserveBytes: number;
}

const ms = (duration: string): number => Math.ceil(parseDuration(duration) / 1e6);

const STEP_TIMEOUT = '1m';
const PAUSE = '2s';
const RESERVE = '200MB';

/** A seed drawn now. */
const drawSeed = (): number => randomInt(2 ** 32);

/**
 * @param folder where the recording goes; with several, each has a folder of its own in it
 * @returns a plan in which the arms are in the order that the script's seed gives, or one that is drawn now
 */
export const planSession = (script: SessionScript, folder: string): SessionPlan => {
  const repetitions = script.repetitions ?? 1;
  const seed = script.arms === undefined ? null : (script.seed ?? drawSeed());
  const runs =
    script.arms === undefined || seed === null
      ? Array.from({ length: repetitions }, (_, i) => planRun(script, null, String(i + 1), null))
      : planArms(script, script.arms, seed, repetitions);
  const isOne = runs.length === 1;
  const farthest = script.captures.at(-1)?.name ?? '';
  const flight = script.flight;
  return {
    script,
    seed,
    runs: runs.map((run) => ({ ...run, folder: isOne ? folder : join(folder, run.name) })),
    tracers: tracersOf(script),
    durationNs: parseDuration(script.duration),
    pauseMs: ms(script.pause ?? PAUSE),
    until: script.until === undefined ? null : { late: script.until.late },
    watched: script.until?.at ?? farthest,
    lateAfterNs: script.late_after === undefined ? null : parseDuration(script.late_after),
    flight: flight === undefined ? null : { keepNs: parseDuration(flight.keep), ringBytes: bytesOf(flight.ring) },
    reserveBytes: bytesOf(script.reserve ?? RESERVE),
  };
};

type ArmScript = NonNullable<SessionScript['arms']>[number];
type RunInNoFolder = Omit<RunPlan, 'folder'>;

/** Random within repetitions and not over all: so every stretch of time has as many recordings of each arm. */
const planArms = (
  script: SessionScript,
  arms: readonly ArmScript[],
  seed: number,
  repetitions: number,
): RunInNoFolder[] => {
  const random = makeRandom(seed);
  const of = repetitions * arms.length;
  const runs: RunInNoFolder[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const arm of shuffled(arms, random)) {
      const order = { seed, position: runs.length + 1, of, repetition };
      runs.push(planRun(script, arm, `${arm.name}-${String(repetition)}`, order));
    }
  }
  return runs;
};

const planRun = (
  script: SessionScript,
  arm: ArmScript | null,
  name: string,
  order: PlaceInOrder | null,
): RunInNoFolder => ({
  name,
  order,
  labels: { ...script.labels, ...arm?.labels, ...(arm === null ? {} : { arm: arm.name }) },
  changes: [...(script.settings ?? []), ...(arm?.settings ?? [])].map(toChange),
  captures: script.captures.map((capture) => ({ point: capture.name, ...planCapture(capture) })),
  vitals: planVitals(script),
  steps: (script.steps ?? []).map(planStep).sort((a, b) => a.atNs - b.atNs),
  collect: (script.collect ?? []).map(planCollect),
});

const planStep = ({ at, run, shell, host, timeout, expect }: StepScript): StepPlan => {
  const argv = run ?? ['sh', '-c', shell ?? ''];
  return {
    atNs: parseDuration(at),
    argv: host === undefined ? argv : onHost(host, argv),
    timeoutMs: ms(timeout ?? STEP_TIMEOUT),
    exit: expect?.exit ?? 0,
    output: expect?.output === undefined ? null : new RegExp(expect.output, 'u'),
  };
};

const planCollect = (script: CollectScript): CollectPlan => {
  const { host } = script;
  if ('run' in script) {
    return { from: { argv: host === undefined ? script.run : onHost(host, script.run) }, as: script.as };
  }
  const as = script.as ?? script.file.slice(script.file.lastIndexOf('/') + 1);
  if (host === undefined) return { from: { file: script.file }, as };
  return { from: { argv: onHost(host, ['cat', '--', script.file]) }, as };
};

const tracersOf = ({ tracer }: SessionScript): readonly TracerKind[] => {
  const kind = tracer?.kind ?? 'auto';
  if (kind === 'none') return [];
  if (kind === 'bpftrace') return ['bpftrace'];
  const probes: TracerKind[] =
    tracer?.probe === 'module'
      ? ['sysdig-module']
      : tracer?.probe === 'modern-bpf'
        ? ['sysdig-modern-bpf']
        : ['sysdig-modern-bpf', 'sysdig-module'];
  return kind === 'sysdig' ? probes : [...probes, 'bpftrace'];
};

/** The tool of one tracer. A ring holds rows, since a piece of a file in sysdig's own format cannot be read alone. */
export const planTracer = (kind: TracerKind, { script, flight }: SessionPlan): ToolPlan => {
  if (kind === 'bpftrace') return planBpftrace(script.tracer?.buffer);
  return planSysdig(kind, script.tracer?.filter, script.tracer?.output === 'json' || flight !== null);
};
