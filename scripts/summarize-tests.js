// @ts-check
/**
 * summarize-tests.js VITEST-JSON VITEST-EXIT-CODE [FAILED-CHECK...]
 *
 * Names what failed and prints `N passed, N failed` last. Exit code 0 only when nothing failed, something passed and nothing was skipped.
 */
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ name: string, status: string, message?: string, assertionResults: { fullName: string, status: string }[] }} TestFile
 */

const [reportPath = '', exitCode = '1', ...failures] = process.argv.slice(2);

/** @returns {TestFile[]} empty when vitest ended before it could write its report */
function readReport() {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8')).testResults;
  } catch {
    return [];
  }
}

const files = readReport();
let passed = 0;
for (const file of files) {
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
if (passed === 0) failures.push('no test passed');
if (exitCode !== '0' && !failures.some((failure) => failure.startsWith('test'))) {
  failures.push(`vitest ended with exit code ${exitCode}`);
}

for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
