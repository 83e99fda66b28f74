/** Recording: session scripts, the tools they run, the folders they leave, and the settings of the machine. */
export { countLeftovers, journalFolder } from './recovery/journal.js';
export { recoverAll } from './recovery/recover.js';
export { finishFolder } from './folder/finish.js';
export { planSession, type SessionPlan } from './plan/plan.js';
export { printPlan } from './plan/print.js';
export type { TracerKind } from './plan/tools.js';
export type { End } from './recording/ending.js';
export { findTracer } from './recording/find-tracer.js';
export { record } from './recording/record.js';
export { loadScript } from './script/load.js';
export { scriptJsonSchema } from './script/schema.js';
