import type { SeenLate } from '../watch/late-watch.js';

/** What a recording is told by, and tells, the command that runs it. */
export interface RecordHost {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line of progress for people. */
  say(message: string): void;
  /** A late advertisement was seen. */
  sawLate?(late: SeenLate): void;
  /** Aborted when the user wants it to end; its reason is an {@link End}. */
  readonly signal: AbortSignal;
}
