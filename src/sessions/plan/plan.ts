import { join } from 'node:path';
import { parseDuration } from '../../model/parse-duration.js';
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

/** One recording: everything that will be run, in the order in which it is. */
export interface RunPlan {
  /** `1`, `off-2`: repetition, and variant where there are some. */
  readonly name: string;
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

/**
 * @param folder where the recording goes; with several, each has a folder of its own in it
 */
export const planSession = (script: SessionScript, folder: string): SessionPlan => {
  const repetitions = script.repetitions ?? 1;
  const variants = script.variants ?? [null];
  const runs: RunPlan[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    // Every other time backwards, so that what drifts meanwhile falls on all variants alike.
    const inOrder = repetition % 2 === 1 ? variants : [...variants].reverse();
    for (const variant of inOrder) {
      const name = variant === null ? String(repetition) : `${variant.name}-${String(repetition)}`;
      const changes = [...(script.settings ?? []), ...(variant?.settings ?? [])].map(toChange);
      runs.push({
        name,
        folder: repetitions * variants.length === 1 ? folder : join(folder, name),
        labels: { ...script.labels, ...(variant === null ? {} : { variant: variant.name }), ...variant?.labels },
        changes,
        captures: script.captures.map((capture) => ({ point: capture.name, ...planCapture(capture) })),
        vitals: planVitals(script),
        steps: (script.steps ?? []).map(planStep).sort((a, b) => a.atNs - b.atNs),
        collect: (script.collect ?? []).map(planCollect),
      });
    }
  }
  const farthest = script.captures.at(-1)?.name ?? '';
  const flight = script.flight;
  return {
    script,
    runs,
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
