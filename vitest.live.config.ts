import { configDefaults, defineConfig } from 'vitest/config';

/** What waits most of the time, and measures none: these may run beside other work. */
const WAITING = [
  'test/live/changed-sender.test.ts',
  'test/live/flight-recorder.test.ts',
  'test/live/recorder-behind.test.ts',
  'test/live/recorder-killed.test.ts',
  'test/live/recording-ends.test.ts',
  'test/live/recording-killed.test.ts',
  'test/live/recordings-at-once.test.ts',
  'test/live/remote-capture.test.ts',
];

/** Tests that record for real: as root, with keepalived, tcpdump and bpftrace. Those that measure time have the machine for themselves, one after the other. */
export default defineConfig({
  test: {
    globalSetup: ['./test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'waiting', include: WAITING, maxWorkers: 1, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'measuring',
          include: ['test/live/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...WAITING],
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
