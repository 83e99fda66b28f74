import type { CpuSpan } from '../../model/picture.js';

/** Idle stretches are alike, whoever ran in between. */
const isAlike = (a: CpuSpan, b: CpuSpan): boolean =>
  a.to === b.from && a.kind === b.kind && (a.kind === 'idle' || (a.process === b.process && a.tid === b.tid));

const join = (a: CpuSpan, b: CpuSpan): CpuSpan => ({ ...a, to: b.to, ns: a.ns + b.ns });

/** Of several short stretches, what the longest was. */
const joinShort = (a: CpuSpan, b: CpuSpan): CpuSpan =>
  b.to - b.from > a.to - a.from ? { ...b, from: a.from } : { ...a, to: b.to };

/**
 * Stretches of one CPU to be drawn: neighbours that say the same are one, and so are neighbours that are all shorter than `least`, up to that length.
 *
 * @param least ns
 */
export const mergeCpuSpans = (spans: readonly CpuSpan[], least: number): CpuSpan[] => {
  const merged: CpuSpan[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined) merged.push(span);
    else if (isAlike(last, span)) merged[merged.length - 1] = join(last, span);
    else if (last.to === span.from && last.to - last.from < least && span.to - span.from < least)
      merged[merged.length - 1] = joinShort(last, span);
    else merged.push(span);
  }
  return merged;
};

/** Drawn at all, with so many CPUs: those that had most to do with it. */
export interface ChosenCpus {
  readonly cpus: readonly { readonly cpu: number | null; readonly spans: readonly CpuSpan[] }[];
  /** How many are left out. */
  readonly others: number;
}

/**
 * The CPUs that the ledger names or the culprit or the sender ran on, then the busiest; at most `most`, in order of their numbers.
 *
 * @param named numbers in the ledger
 * @param processes names of the culprit and the sender
 */
export const chooseCpus = (
  cpus: ChosenCpus['cpus'],
  { named, processes, most }: { named: ReadonlySet<number>; processes: ReadonlySet<string>; most: number },
): ChosenCpus => {
  if (cpus.length <= most) return { cpus, others: 0 };
  const score = ({ cpu, spans }: ChosenCpus['cpus'][number]): number =>
    spans.reduce((sum, { process, ns }) => sum + (process !== null && processes.has(process) ? 1e6 * ns : ns), 0) +
    (cpu !== null && named.has(cpu) ? 1e18 : 0);
  const kept = new Set(
    cpus
      .map((lane, i) => ({ i, score: score(lane) }))
      .sort((a, b) => b.score - a.score || a.i - b.i)
      .slice(0, most)
      .map(({ i }) => i),
  );
  return { cpus: cpus.filter((_, i) => kept.has(i)), others: cpus.length - kept.size };
};

/** The shortest stretch drawn on its own (ns) so that all together are at most about `most`. */
export const chooseLeast = (cpus: ChosenCpus['cpus'], length: number, most: number): number => {
  for (let least = 0; ; least = Math.max(least * 2, length / 2000)) {
    const count = cpus.reduce((sum, { spans }) => sum + mergeCpuSpans(spans, least).length, 0);
    if (count <= most || least > length / 50) return least;
  }
};
