/** Samples of counters as a recorder inside the sending VM writes them, ten a second. */

/** A stretch in which a counter grew, ns since 1970. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

export interface VitalsOptions {
  readonly from: bigint;
  readonly to: bigint;
  readonly cpus?: number;
  /** Stretches in which the host stole these CPUs (all unless told). */
  readonly stolen?: readonly (Stretch & { readonly cpus?: readonly number[] })[];
  /** Stretches in which no sample was taken: the recorder itself did not run. */
  readonly silent?: readonly Stretch[];
  readonly throttled?: readonly Stretch[];
  /** The clock that stamps, ahead by so many ns. */
  readonly clock?: bigint;
}

const RHYTHM = 100_000_000n;
/** Steal is counted in ticks. */
const TICK = 10_000_000n;

const grownBy = (time: bigint, stretches: readonly Stretch[]): bigint =>
  stretches.reduce((sum, { from, to }) => sum + (time <= from ? 0n : (time < to ? time : to) - from), 0n);

export const printVitals = ({
  from,
  to,
  cpus = 2,
  stolen = [],
  silent = [],
  throttled = [],
  clock = 0n,
}: VitalsOptions): string => {
  const lines: string[] = [];
  for (let at = from; at <= to; at += RHYTHM) {
    if (silent.some((one) => at > one.from && at < one.to)) continue;
    const cpu = Object.fromEntries(
      Array.from({ length: cpus }, (_, number) => {
        const own = stolen.filter((one) => one.cpus?.includes(number) ?? true);
        const steal = (grownBy(at, own) / TICK) * TICK;
        return [
          number,
          { user: 1e9, system: 1e9, idle: Number(at - from), iowait: 0, steal: Number(steal), irq: 0, softirq: 0 },
        ];
      }),
    );
    const sender = {
      cpu_stat: {
        nr_periods: Number((at - from) / 100_000_000n),
        nr_throttled: throttled.filter((one) => at >= one.to).length,
        throttled_ns: Number(grownBy(at, throttled)),
      },
    };
    lines.push(JSON.stringify({ ns: String(at + clock), clock: 'realtime', cpu, sender, pressure: { cpu: {} } }));
  }
  return `${lines.join('\n')}\n`;
};
