import type { SettingSeparation } from '../model/comparison.js';
import type { SessionToCompare } from '../model/session-figures.js';
import { nameValue, valueOf } from './groups.js';
import { lateRateOf } from './session-rates.js';
import { knowsSetting, listSettings } from './setting-names.js';
import { countArrangements } from './statistics/arrangements.js';
import { holm } from './statistics/holm.js';
import { kruskalWallis } from './statistics/kruskal-wallis.js';
import { mannWhitney } from './statistics/mann-whitney.js';

/** Sessions parted by a setting, and the names of all settings that part them so. */
interface Partition {
  readonly names: string[];
  readonly parts: readonly (readonly SessionToCompare[])[];
}

/**
 * The settings by which sessions differ, and how well each tells late sessions from punctual ones: those that separate best first. Settings that part
 * the sessions in the same way are one. Left out: what differs in every session, which tells nothing.
 *
 * @param alpha what an adjusted p must be below
 * @param seed for random arrangements
 */
export const separateBySettings = (
  sessions: readonly SessionToCompare[],
  alpha: number,
  seed: number,
): SettingSeparation[] => {
  const partitions = [...partitionAll(sessions).values()];
  const measured = partitions.map(({ names, parts }) => ({ names, parts, ...measure(parts, seed) }));
  const adjusted = holm(measured.map(({ p }) => p));
  return measured
    .map(({ names, parts, separation, measure: by, p, leastP }, i): SettingSeparation => {
      const adjustedP = adjusted[i] ?? 1;
      return {
        names,
        values: parts.map((part) => describePart(part, names[0] ?? '')),
        separation,
        measure: by,
        p,
        adjustedP,
        verdict:
          adjustedP < alpha ? 'separates' : leastP * partitions.length >= alpha ? 'too-few-sessions' : 'not-shown',
      };
    })
    .sort((a, b) => a.p - b.p || b.separation - a.separation);
};

const partitionAll = (sessions: readonly SessionToCompare[]): Map<string, Partition> => {
  const partitions = new Map<string, Partition>();
  for (const name of listSettings(sessions)) {
    const parts = new Map<string, SessionToCompare[]>();
    const signature: number[] = [];
    const numbers = new Map<string, number>();
    for (const session of sessions) {
      // Whoever has no snapshot stands apart, and is in no part.
      if (!knowsSetting(session, name) || session.figures.gaps === 0) {
        signature.push(-1);
        continue;
      }
      const value = nameValue(valueOf(session, name));
      const part = parts.get(value);
      if (part) part.push(session);
      else parts.set(value, [session]);
      signature.push(numbers.get(value) ?? numbers.size);
      if (!numbers.has(value)) numbers.set(value, numbers.size);
    }
    const known = [...parts.values()].reduce((count, part) => count + part.length, 0);
    if (parts.size < 2 || parts.size === known) continue;
    const key = signature.join(' ');
    const partition = partitions.get(key);
    if (partition) partition.names.push(name);
    else partitions.set(key, { names: [name], parts: [...parts.values()] });
  }
  return partitions;
};

interface Measured {
  readonly separation: number;
  readonly measure: SettingSeparation['measure'];
  readonly p: number;
  /** The smallest p that so many sessions can give. */
  readonly leastP: number;
}

const measure = (parts: readonly (readonly SessionToCompare[])[], seed: number): Measured => {
  const rates = parts.map((part) => part.map(lateRateOf).filter((rate) => rate !== null));
  const [a, b] = rates;
  const sizes = rates.map((part) => part.length);
  if (a && b && rates.length === 2) {
    const { u, p } = mannWhitney(a, b);
    const delta = (2 * u) / (a.length * b.length) - 1;
    return {
      separation: Math.abs(delta),
      measure: 'cliffs-delta',
      p,
      leastP: Math.min(1, 2 / countArrangements(sizes)),
    };
  }
  const { epsilonSquared, p } = kruskalWallis(rates, seed);
  return { separation: epsilonSquared, measure: 'epsilon-squared', p, leastP: 1 / countArrangements(sizes) };
};

const describePart = (part: readonly SessionToCompare[], name: string): SettingSeparation['values'][number] => {
  const [first] = part;
  return {
    value: first ? valueOf(first, name) : null,
    sessions: part.length,
    sessionsWithLate: part.filter(({ figures }) => figures.late > 0).length,
    gaps: part.reduce((sum, { figures }) => sum + figures.gaps, 0),
    late: part.reduce((sum, { figures }) => sum + figures.late, 0),
  };
};
