/**
 * whylate as a library: what the command does, for people who script it.
 *
 * @example
 * const answer = await analyze(requestOf({ files: ['session-folder'] }));
 */
export { analyze } from './analysis.js';
export { compare, type CompareHooks, type CompareRequest } from './comparing.js';
export type { KeptPictures } from './collect-report.js';
export type * from './model/picture.js';
export type { AnswerReport } from './model/report.js';
export { requestOf } from './model/request.js';
export type { AnalyzeHooks, AnalyzeProgress, AnalyzeRequest, JudgedGaps, TraceParser } from './model/request.js';
export type * from './model/answer.js';
export type * from './model/comparison.js';
export type { Counter, Severity } from './model/counters.js';
export { CounterTable } from './model/counters.js';
export type { Capture, CapturedAdvertisement, Loss } from './model/advertisement.js';
export type { EventBatch, InfoSpan, NameTable } from './model/event-batch.js';
export { InputError } from './model/input-error.js';
export { analyzeForReports } from './reporting.js';
export { renderComparisonHtml } from './reports/comparison-html/index.js';
export { comparisonSchema } from './reports/comparison/json-schema.js';
export { renderComparisonMarkdown } from './reports/comparison/markdown.js';
export { renderHtml } from './reports/html/index.js';
export { answerSchema } from './reports/json-schema.js';
export { renderJunit } from './reports/junit.js';
export { renderMarkdown } from './reports/markdown/index.js';
export { renderNdjson } from './reports/ndjson.js';
export { renderPerfetto } from './reports/perfetto/index.js';
export { renderPrometheus } from './reports/prometheus.js';
export { readCapture, recogniseCapture } from './sources/capture/index.js';
export { recognise, type InputKind } from './sources/recognise.js';
export { openBytes } from './sources/open.js';
export { openTrace, openTraceFile } from './sources/sysdig-json/index.js';
export { collectWindows, windowsOf } from './streams/read-trace.js';
export { Timeline, type TraceSummary } from './timeline/timeline.js';
export type { Segment, SendAttempt, SendWindow } from './timeline/segments.js';
