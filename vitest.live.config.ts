import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that record for real: as root, with keepalived, tcpdump and bpftrace, one after the other, for each needs the machine for itself. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    exclude: configDefaults.exclude,
    globalSetup: ['./test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    allowOnly: false,
  },
});
