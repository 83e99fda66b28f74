// @ts-check
/**
 * summarize-tests.js (VITEST-JSON VITEST-EXIT-CODE)... -- [FAILED-CHECK...]
 *
 * Names what failed and prints `N passed, N failed` last. Exit code 0 only when nothing failed, something passed in every run and nothing was skipped.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ fullName: string, status: string, failureMessages?: string[] }} Result of one test
 * @typedef {{ name: string, status: string, message?: string, assertionResults: Result[] }} TestFile
 */

/** So many lines of what a test said are repeated at the end, where a log that was cut still has them. */
const REASON_LINES = 12;

/**
 * @param {readonly string[]} messages
 * @returns {string} their first lines, each on a line of its own and indented
 */
function shorten(messages) {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, REASON_LINES)
    .map((line) => `\n    ${line}`)
    .join('');
}

/**
 * @param {string} path
 * @returns {TestFile[]} empty when vitest ended before it could write its report
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch {
    return [];
  }
}

/**
 * @param {string} report path of a run's report
 * @param {string} exitCode
 * @returns {{ passed: number, failures: string[] }}
 */
function judgeRun(report, exitCode) {
  let passed = 0;
  /** @type {string[]} */
  const failures = [];
  for (const file of readReport(report)) {
    let failedHere = 0;
    const path = relative(process.cwd(), file.name);
    for (const { fullName, status, failureMessages = [] } of file.assertionResults) {
      if (status === 'passed') passed += 1;
      else {
        failedHere += 1;
        failures.push(
          `${status === 'failed' ? 'test' : `test ${status}, none may be`}: ${path}: ${fullName}${shorten(failureMessages)}`,
        );
      }
    }
    if (file.status === 'failed' && failedHere === 0)
      failures.push(`test file: ${path}${shorten([file.message ?? ''])}`);
  }
  if (passed === 0) failures.push(`no test passed: ${report}`);
  if (exitCode !== '0' && failures.length === 0) failures.push(`vitest ended with exit code ${exitCode}: ${report}`);
  return { passed, failures };
}

const args = process.argv.slice(2);
const end = args.indexOf('--');
const failures = args.slice(end + 1);
let passed = 0;
for (let at = 0; at + 1 < end; at += 2) {
  const run = judgeRun(args[at] ?? '', args[at + 1] ?? '1');
  passed += run.passed;
  failures.push(...run.failures);
}
if (passed === 0) failures.push('no test passed');

for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
