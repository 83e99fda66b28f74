import type { TraceParser } from '../model/request.js';
import { parseWhole } from './flag-values.js';
import type { Flag } from './flags.js';
import { UsageError } from './usage-error.js';

/** How traces are read; the answer is the same. */
export interface ReadingLowArguments {
  parser: TraceParser;
  threads: number | null;
}

/** With nothing given. */
export const startReadingArguments = (): ReadingLowArguments => ({ parser: 'bytes', threads: null });

/** Flags of every command that reads traces. */
export const readingFlags: readonly Flag<ReadingLowArguments>[] = [
  {
    name: 'parser',
    value: 'bytes|typescript|ndjson',
    help: 'how the trace is read; the answer is the same (default: bytes)',
    update: (low, value) => {
      if (value !== 'bytes' && value !== 'typescript' && value !== 'ndjson')
        throw new UsageError('write bytes, typescript or ndjson');
      low.parser = value;
    },
  },
  {
    name: 'threads',
    value: 'N',
    help: 'how many threads may read a trace (default: as many as there are processors)',
    update: (low, value) => (low.threads = parseWhole(value, 1, 64)),
  },
];
