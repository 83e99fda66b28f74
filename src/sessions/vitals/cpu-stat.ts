/** What a control group's CPU quota did since the group was made. */
export interface CpuStat {
  readonly nr_periods: number;
  readonly nr_throttled: number;
  /** Time kept from running, ns, summed over the CPUs. */
  readonly throttled_ns: number;
}

/**
 * A control group's `cpu.stat`: `throttled_time` in ns of version 1, `throttled_usec` of version 2 (the kernel's
 * Documentation/scheduler/sched-bwc.rst). Null where it counts no throttling: a version 2 group without the controller.
 */
export const parseCpuStat = (text: string): CpuStat | null => {
  const values = new Map<string, number>();
  for (const [, key = '', value] of text.matchAll(/^(\w+) (\d+)$/gm)) values.set(key, Number(value));
  const time = values.get('throttled_time');
  const us = values.get('throttled_usec');
  const throttled_ns = time ?? (us === undefined ? undefined : us * 1000);
  const nr_periods = values.get('nr_periods');
  const nr_throttled = values.get('nr_throttled');
  if (throttled_ns === undefined || nr_periods === undefined || nr_throttled === undefined) return null;
  return { nr_periods, nr_throttled, throttled_ns };
};

/**
 * What quotas did to a sender whose group may change, and which a quota of its group or of any group above stops. It begins
 * with the counters of its own group, and then grows by what grew most of those groups, since two may stop it at once: so it
 * counts no time twice, and neither falls nor leaps when the sender is moved.
 */
export class Throttling {
  #total: CpuStat | null = null;
  #before: ReadonlyMap<string, CpuStat> = new Map();

  /** @param groups counters by the path of the group, the sender's own first, then upwards; null where there are none */
  next(groups: ReadonlyMap<string, CpuStat>): CpuStat | null {
    const growths = [...groups].flatMap(([path, now]) => {
      const before = this.#before.get(path);
      return before ? [growthOf(before, now)] : [];
    });
    this.#before = groups;
    const [own] = groups.values();
    if (!own) return null;
    const [first, ...others] = growths;
    if (this.#total === null) this.#total = own;
    else if (first) this.#total = sumOf(this.#total, others.reduce(largerOf, first));
    return this.#total;
  }
}

const growthOf = (before: CpuStat, now: CpuStat): CpuStat => ({
  nr_periods: Math.max(0, now.nr_periods - before.nr_periods),
  nr_throttled: Math.max(0, now.nr_throttled - before.nr_throttled),
  throttled_ns: Math.max(0, now.throttled_ns - before.throttled_ns),
});

const sumOf = (a: CpuStat, b: CpuStat): CpuStat => ({
  nr_periods: a.nr_periods + b.nr_periods,
  nr_throttled: a.nr_throttled + b.nr_throttled,
  throttled_ns: a.throttled_ns + b.throttled_ns,
});

const largerOf = (a: CpuStat, b: CpuStat): CpuStat => {
  const isLarger =
    b.throttled_ns > a.throttled_ns || (b.throttled_ns === a.throttled_ns && b.nr_throttled > a.nr_throttled);
  return isLarger ? b : a;
};
