import { CounterTable } from '../../../src/model/counters.js';
import { openStrace } from '../../../src/sources/strace/index.js';
import { absoluteFrom, ns } from '../../../src/time/ns.js';
import { chunked } from '../reading-traces.js';

/** What a text of strace's makes: rows as `TIME TID NAME > TYPE INFO`, and counts by name. */
export interface ReadStrace {
  readonly rows: string[];
  readonly counts: Record<string, number>;
  readonly clock: string;
}

/** Times are printed as seconds after the full second 1795903210, or after midnight. */
export const readStrace = async (text: string, where = 'strace.txt', size = 65_536): Promise<ReadStrace> => {
  const counters = new CounterTable();
  const { header, batches } = await openStrace(chunked(text, size), { where, counters });
  const rows: string[] = [];
  const zero = header.clock === 'epoch' ? 1_795_903_210_000_000_000n : 0n;
  for await (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      const time = Number(absoluteFrom(header.baseNs, ns(batch.time[i]!)) - zero) / 1e9;
      const comm = batch.names.nameOf(batch.comm[i]!);
      const words = [
        time.toFixed(6),
        batch.tid[i],
        comm,
        batch.dir[i] === 0 ? '>' : '<',
        batch.names.nameOf(batch.type[i]!),
      ];
      rows.push(`${words.join(' ')} ${batch.info(i)}`.trimEnd());
    }
  }
  return {
    rows,
    counts: Object.fromEntries(counters.list().map(({ name, count }) => [name, count])),
    clock: header.clock,
  };
};
