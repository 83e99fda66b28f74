import type { CounterTable } from '../../model/counters.js';

/** What a capture reader is told about the input it reads. */
export interface CaptureContext {
  /** Names the input in errors: usually its path as given. */
  readonly where: string;
  readonly counters: CounterTable;
}
