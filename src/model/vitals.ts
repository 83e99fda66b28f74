/** How much a counter grew in a stretch, estimated from the samples around it. */
export interface Growth {
  /** What of the growth falls into the stretch; where a sample interval reaches beyond it, in proportion. */
  readonly grown: number;
  /** What the counter grew by from the first to the last sample that tell of the stretch. */
  readonly total: number;
  /** Lines of those samples in the file, from 1. */
  readonly fromLine: number;
  readonly toLine: number;
  /** Times of those samples, ns from the base of the vitals. */
  readonly from: number;
  readonly to: number;
}

/** A counter over time. */
export interface CounterSeries {
  /** Its growth in [from, to] (ns from the base of the vitals); null where it did not grow or no samples tell. */
  growthIn(from: number, to: number): Growth | null;
}

/** What samples of a machine's counters told, as far as the diagnosis asks. All series in ns but for `throttlings`. */
export interface Vitals {
  /** ns since 1970 on the clock that stamped the samples, the machine's own wall clock. */
  readonly baseNs: bigint;
  readonly samples: number;
  /** First and last sample, ns from the base; null where there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Time stolen from a CPU, by its number. */
  readonly steal: ReadonlyMap<number, CounterSeries>;
  /** How late a regular wake-up on a CPU was at worst, by its number. */
  readonly heartbeat: ReadonlyMap<number, CounterSeries>;
  /** Time the sender's control group was kept from running by its CPU quota. */
  readonly throttled: CounterSeries;
  /** How often. */
  readonly throttlings: CounterSeries;
}
