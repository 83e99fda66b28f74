/** Times of one CPU since boot, ns. */
export interface CpuTimes {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
}

/** A tick of /proc/stat in ns: USER_HZ is 100 on every architecture Linux still runs on. */
export const TICK_NS = 10_000_000;

/**
 * Times of each CPU, by its number, from `/proc/stat` (proc(5)). Times of guests are in `user` and `nice` already. Old
 * kernels lack the last columns, which then are 0.
 */
export const parseCpuTimes = (text: string): Record<string, CpuTimes> => {
  const cpus: Record<string, CpuTimes> = {};
  for (const line of linesOfCpus(text)) {
    const [name = '', ...columns] = line.split(' ');
    const ticks = columns.map((column) => Number(column) * TICK_NS);
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = ticks;
    if (/^cpu\d+$/.test(name) && ticks.length >= 4 && ticks.every(Number.isFinite))
      cpus[name.slice(3)] = { user, nice, system, idle, iowait, irq, softirq, steal };
  }
  return cpus;
};

/** They are the first; the line of the interrupts behind them is longer than all of them. */
const linesOfCpus = (text: string): string[] => {
  const end = text.search(/^(?!cpu)/m);
  return text.slice(0, end === -1 ? text.length : end).split('\n');
};
