import { defineConfig } from 'vitest/config';

/** Tests that record for real: one at a time, for what they measure is time. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['./test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    allowOnly: false,
  },
});
