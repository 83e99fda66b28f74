import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first, and those that measure memory. They begin first, so that the last one does not run alone while a
 * processor idles, and each has a process of its own: others would carry their heap. All others share processes, for loading the
 * sources anew takes longer than most of them.
 */
const ALONE = [
  'test/chunks/chunks.test.ts',
  'test/sources/sysdig-json/lanes.test.ts',
  'test/analysis/variants.test.ts',
  'test/alignment/alignment.test.ts',
  'test/encodings/encodings.test.ts',
  'test/analysis/captures.test.ts',
  'test/browser/recordings.test.ts',
  'test/cli/compare-end-to-end.test.ts',
  'test/scale/memory.test.ts',
  'test/sessions/bundle/bundle-session.test.ts',
  'test/sources/sysdig-json/properties.test.ts',
  'test/sessions/vitals/recording.test.ts',
  'test/cli/end-to-end.test.ts',
  'test/sources/capture/properties.test.ts',
  'test/reports/perfetto/recordings.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ranks = new Map(ALONE.map((path, rank) => [join(import.meta.dirname, path), rank]));
    const rankOf = ({ moduleId }: TestSpecification): number => ranks.get(moduleId) ?? ALONE.length;
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['./test/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/live/**', ...ALONE],
          isolate: false,
        },
      },
    ],
  },
});
