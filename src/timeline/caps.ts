import type { CounterDefinition } from '../model/counters.js';

/**
 * How much of a trace is kept at most, so that no trace can fill the memory. Recordings of machines stay far below; where one
 * of these is reached, that is counted.
 */

export const SENDERS_FORGOTTEN: CounterDefinition = {
  name: 'trace_senders_forgotten',
  source: 'trace',
  severity: 'data-loss',
  help: 'More threads send advertisements than are followed at a time; those that had sent nothing for the longest time were forgotten. Check that this is the trace of one machine.',
};
export const CPUS_JOINED: CounterDefinition = {
  name: 'trace_cpus_joined',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace names more CPUs than are told apart; the rest were taken as one, on which nobody is blamed. Check that the trace is not damaged.',
};
export const ROWS_BEHIND: CounterDefinition = {
  name: 'trace_rows_behind_limit',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace holds more advertisements than are looked at (500,000); the rows behind them were left out. Cut it into parts and analyse them one by one.',
};
export const DETAILS_FORGOTTEN: CounterDefinition = {
  name: 'trace_details_forgotten',
  source: 'trace',
  severity: 'data-loss',
  help: 'What happened before the advertisements takes more memory than there is for it; of those least late it was forgotten. Cut the trace into parts and analyse them one by one.',
};
export const THREADS_FORGOTTEN: CounterDefinition = {
  name: 'trace_threads_forgotten',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace names more threads than are remembered; of the oldest, names and parents were forgotten.',
};
export const SILENCES_FORGOTTEN: CounterDefinition = {
  name: 'trace_silences_forgotten',
  source: 'trace',
  severity: 'data-loss',
  help: 'There were more silences of the whole machine, or of one CPU, than are kept; the shortest were forgotten.',
};
export const DROPS_JOINED: CounterDefinition = {
  name: 'trace_drops_joined',
  source: 'trace',
  severity: 'data-loss',
  help: 'The recorder says that it dropped events more often than is kept; drops within a second of each other count as one.',
};

/** What was forgotten, by what it was. */
export type Forgotten = readonly (readonly [CounterDefinition, number])[];

/** Threads that are followed as senders. */
export const MOST_SENDERS = 512;
/** Processors of the largest machines; also the CPUs that are told apart within shared ring buffers. */
export const MOST_LANES = 1024;
/** Advertisements of a trace: of ten routers, one a second each, for fourteen hours. */
export const MOST_WINDOWS = 500_000;
/** Ends of senders. */
export const MOST_ENDS = 65_536;
/** CPUs of which a window says that they ran. */
export const MOST_ALIVE = 32;
/** Of an info text more is not looked at (characters): paths are at most 4096 long, and payload is cut at 80 bytes. */
export const LONGEST_INFO = 8192;

/** Shares of what all senders together may keep, by how many there are. */
export class Shares {
  /** Segments of a window that is not closed yet. */
  segments = 20_000;
  /** Names of descriptors. */
  targets = 4096;

  /** There are `senders` senders now. */
  share(senders: number): void {
    const shareOf = (all: number, least: number, most: number): number =>
      Math.min(most, Math.max(least, Math.floor(all / Math.max(1, senders))));
    this.segments = shareOf(100_000, 64, 20_000);
    this.targets = shareOf(65_536, 16, 4096);
  }
}
