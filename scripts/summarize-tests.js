// @ts-check
/**
 * summarize-tests.js (VITEST-JSON VITEST-EXIT-CODE)... -- [FAILED-CHECK...]
 *
 * Names what failed and prints `N passed, N failed` last. Exit code 0 only when nothing failed, something passed in every run and nothing was skipped.
 */
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ name: string, status: string, message?: string, assertionResults: { fullName: string, status: string }[] }} TestFile
 */

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
 * @param {string} path of a run's report
 * @param {string} exitCode
 * @returns {{ passed: number, failures: string[] }}
 */
function judgeRun(path, exitCode) {
  let passed = 0;
  /** @type {string[]} */
  const failures = [];
  for (const file of readReport(path)) {
    let failedHere = 0;
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') passed += 1;
      else {
        failedHere += 1;
        failures.push(`${status === 'failed' ? 'test' : `test ${status}, none may be`}: ${fullName}`);
      }
    }
    if (file.status === 'failed' && failedHere === 0) failures.push(`test file: ${file.name}: ${file.message ?? ''}`);
  }
  if (passed === 0) failures.push(`no test passed: ${path}`);
  if (exitCode !== '0' && failures.length === 0) failures.push(`vitest ended with exit code ${exitCode}: ${path}`);
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
