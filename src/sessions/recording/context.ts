import type { SessionPlan } from '../plan/plan.js';
import type { TracerKind } from '../plan/tools.js';
import type { JournalFile } from '../recovery/journal.js';
import type { RecordHost } from './host.js';

/** What one recording needs besides its plan. */
export interface RunContext {
  readonly plan: SessionPlan;
  readonly tracer: TracerKind | null;
  readonly journal: JournalFile;
  /** Where journals lie, those of other recordings too. */
  readonly journals: string;
  readonly host: RecordHost;
}
