/** How long tasks were short of a resource since boot, ns. */
export interface Pressure {
  /** Some task. */
  some?: number;
  /** All tasks at once. */
  full?: number;
}

/** Stall times from a file of `/proc/pressure` (the kernel's Documentation/accounting/psi.rst), whose `total` is in us. */
export const parsePressure = (text: string): Pressure => {
  const pressure: Pressure = {};
  for (const [, kind, total] of text.matchAll(/^(some|full) .*\btotal=(\d+)$/gm)) {
    pressure[kind as keyof Pressure] = Number(total) * 1000;
  }
  return pressure;
};
