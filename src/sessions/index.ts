/** Recording: session scripts, the tools they run, the folders they leave, and the settings of the machine. */
export { journalFolder } from './recovery/journal.js';
export { recoverAll, type Recovered } from './recovery/recover.js';
export { finishFolder } from './folder/finish.js';
export { planSession, type SessionPlan } from './plan/plan.js';
export { printPlan } from './plan/print.js';
export type { TracerKind } from './plan/tools.js';
export type { End } from './recording/ending.js';
export type { RecordHost } from './recording/host.js';
export { findTracer, type FoundTracer } from './recording/find-tracer.js';
export { countLeftovers, record, type Recorded } from './recording/record.js';
export { loadScript } from './script/load.js';
export { scriptJsonSchema } from './script/schema.js';
