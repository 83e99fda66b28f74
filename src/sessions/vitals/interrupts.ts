/** Lines of /proc/interrupts that count something of the whole machine. */
const NOT_BY_CPU = /^\s*(?:ERR|MIS):/;

/** Interrupts of each CPU since boot, all kinds together, from `/proc/interrupts` (proc(5)). */
export const parseInterrupts = (text: string): Record<string, number> => {
  const [head = '', ...lines] = text.split('\n');
  const cpus = cpusOf(head);
  const totals = cpus.map(() => 0);
  for (const line of lines) {
    if (NOT_BY_CPU.test(line)) continue;
    const counts = leadingCounts(line, cpus.length);
    if (counts.length === cpus.length) counts.forEach((count, i) => (totals[i] = (totals[i] ?? 0) + count));
  }
  return Object.fromEntries(cpus.map((cpu, i) => [cpu, totals[i] ?? 0]));
};

/** Soft interrupts of each CPU since boot, by kind (`NET_RX`, `TIMER`, ...), from `/proc/softirqs` (proc(5)). */
export const parseSoftirqs = (text: string): Record<string, Record<string, number>> => {
  const [head = '', ...lines] = text.split('\n');
  const cpus = cpusOf(head);
  const counted: Record<string, Record<string, number>> = {};
  for (const line of lines) {
    const kind = /^\s*([A-Z][A-Z_]*):/.exec(line)?.[1];
    if (kind === undefined) continue;
    leadingCounts(line, cpus.length).forEach((count, i) => {
      (counted[cpus[i] ?? ''] ??= {})[kind] = count;
    });
  }
  return counted;
};

const cpusOf = (head: string): string[] => [...head.matchAll(/\bCPU(\d+)\b/g)].map(([, cpu = '']) => cpu);

/** The numbers behind the colon, up to `most` of them: what names a line's device may begin with a digit, too. */
const leadingCounts = (line: string, most: number): number[] => {
  const counts: number[] = [];
  for (const field of line
    .slice(line.indexOf(':') + 1)
    .trimStart()
    .split(/\s+/, most)) {
    if (!/^\d+$/.test(field)) break;
    counts.push(Number(field));
  }
  return counts;
};
