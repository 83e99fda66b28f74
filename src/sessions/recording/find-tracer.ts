import { thisMachine, type Tracer, type TracerTrial } from '../doctor/index.js';
import { tryBpftrace, trySysdigModernBpf, trySysdigModule } from '../doctor/tracers.js';

const TRIALS = {
  bpftrace: tryBpftrace,
  'sysdig-modern-bpf': trySysdigModernBpf,
  'sysdig-module': trySysdigModule,
};

/** The tracer to record with, and what keeps the others from it. */
export interface FoundTracer {
  readonly kind: Tracer | null;
  readonly refusals: readonly TracerTrial[];
}

/** Try tracers for real in this order, until one records. */
export const findTracer = async (wanted: readonly Tracer[]): Promise<FoundTracer> => {
  const machine = thisMachine();
  const refusals: TracerTrial[] = [];
  for (const kind of wanted) {
    const trial = await TRIALS[kind](machine);
    if (trial.usable) return { kind, refusals };
    refusals.push(trial);
  }
  return { kind: null, refusals };
};
