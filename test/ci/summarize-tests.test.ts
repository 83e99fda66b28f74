import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../recorders/rendering.js';

const ROOT = join(import.meta.dirname, '../..');

/** What is printed of one run's report, and how it ends. */
const summarize = (report: unknown, exit = '0', ...checks: string[]): { lines: string[]; status: number | null } => {
  const path = join(makeFolder(), 'report.json');
  writeFileSync(path, JSON.stringify(report));
  const args = ['scripts/summarize-tests.js', path, exit, '--', ...checks];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), status };
};
const passed = { fullName: 'one', status: 'passed', failureMessages: [] };
const fileOf = (...assertionResults: object[]): object => ({
  testResults: [{ name: join(ROOT, 'test/a.test.ts'), status: 'passed', assertionResults }],
});

it('is one line where all passed', () => {
  expect(summarize(fileOf(passed, passed))).toEqual({ lines: ['2 passed, 0 failed'], status: 0 });
});

it('says where a test failed and why, without colours', () => {
  const why = `\u001b[31mexpected 1 to be 2\u001b[39m\n\n${'at somewhere\n'.repeat(30)}`;
  const { lines, status } = summarize(
    fileOf(passed, { fullName: 'two', status: 'failed', failureMessages: [why] }),
    '1',
  );
  expect(status).toBe(1);
  expect(lines.slice(0, 3)).toEqual([
    'failed: test: test/a.test.ts: two',
    '    expected 1 to be 2',
    '    at somewhere',
  ]);
  expect(lines).toHaveLength(14);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('takes a skipped test, a failed check, a run that failed or is not there for failures', () => {
  expect(summarize(fileOf(passed, { fullName: 'two', status: 'skipped' }), '0', 'lint')).toEqual({
    lines: ['failed: lint', 'failed: test skipped, none may be: test/a.test.ts: two', '1 passed, 2 failed'],
    status: 1,
  });
  expect(summarize(fileOf(passed), '1').lines.at(-1)).toBe('1 passed, 1 failed');
  expect(summarize(null).lines.at(-1)).toBe('0 passed, 2 failed');
});
