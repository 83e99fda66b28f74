import type { FactTable } from './facts.js';
import type { Heartbeats } from './heartbeats.js';
import type { SilenceLog } from './silence.js';
import type { Witness } from './segments.js';

/** The trace's clock was set forward: time in the trace that did not pass. ns. */
export interface ClockStep {
  /** The last event before it, on the trace's clock. */
  readonly from: number;
  readonly to: number;
  readonly witness: Witness;
}

/** A clock is set between a call's enter and its exit; other CPUs may write a row in between (ns). */
const SETTING = 20_000_000;

/**
 * A recorder that stamps wall-clock time shows a clock set forward as a silence of all CPUs that `clock_settime` (or
 * `adjtimex`) spans; one that stamps boot time does not.
 */
export const findClockSteps = (facts: FactTable, silences: SilenceLog, heartbeats: Heartbeats): ClockStep[] =>
  facts.all.flatMap((fact) => {
    if (fact.kind !== 'clock-set') return [];
    const silence = silences.takeAt(fact.time, SETTING);
    if (silence) heartbeats.takeAt(fact.time, SETTING);
    return silence ? [{ from: silence.from, to: silence.to, witness: fact.witness }] : [];
  });
