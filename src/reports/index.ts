export { renderNdjson } from './ndjson.js';
export { renderGaps } from './gaps.js';
export { renderJson } from './json.js';
export { answerSchema } from './json-schema.js';
