/** Reports of the repository's recordings. */
import { fileURLToPath } from 'node:url';
import { readdirSync } from 'node:fs';
import type { AnswerReport } from '../../src/model/report.js';
import { requestOf } from '../../src/model/request.js';
import { renameInputs } from '../../src/reports/rename-inputs.js';
import { analyzeForReports } from '../../src/reporting.js';

const TRACES = fileURLToPath(new URL('../../traces', import.meta.url));

/** Names of all recordings in traces/. */
export const listRecordings = (): string[] =>
  readdirSync(TRACES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** What reports of one recording are made of; its inputs are called `traces/NAME/...`. */
export const reportOf = async (name: string, { everyPicture = false } = {}): Promise<AnswerReport> => {
  const kept = everyPicture ? 'all' : 'late';
  const report = await analyzeForReports(requestOf({ files: [`${TRACES}/${name}`] }), {}, kept);
  return renameInputs(report, (path) => path.replace(TRACES, 'traces'));
};
