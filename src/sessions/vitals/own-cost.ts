import { readFileSync } from 'node:fs';
import { TICK_NS } from './cpu-times.js';

/** CPU time that the process itself takes, all of its threads together. */
export class OwnCost {
  #last = usedNs();
  readonly #first = { cpu: this.#last, at: process.hrtime.bigint() };

  /** ns since this was asked before. */
  since(): number {
    const now = usedNs();
    const grown = now - this.#last;
    this.#last = now;
    return grown;
  }

  /** `average`: part of one CPU since the beginning; `children`: ns of ended children, in steps of 10 ms, `null` where not known. */
  summary(): { average: number; children: number | null } {
    const passed = Number(process.hrtime.bigint() - this.#first.at);
    const average = passed > 0 ? (usedNs() - this.#first.cpu) / passed : 0;
    return { average: Number(average.toFixed(5)), children: childrenNs() };
  }
}

const usedNs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

const childrenNs = (): number | null => {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(13)
      .map(Number);
    return ((user ?? Number.NaN) + (system ?? Number.NaN)) * TICK_NS;
  } catch {
    return null;
  }
};
