import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { analyze, countJournals, listTools, readSession, type Place } from './recordings.js';

/** bpftrace takes ten seconds to begin and to end; where it is not what matters, captures do. */
export const NO_TRACER = 'tracer: {kind: none}';

/** What a setting is while it is made. */
export const MADE = '41';

/** A setting of the machine that the recordings of a file make. Files run beside each other: each has another. */
export interface Setting {
  readonly name: string;
  /** The line of a script that makes it. */
  readonly line: string;
  readonly read: () => string;
  /** What it was before. */
  readonly before: () => string;
}

/**
 * Know what a setting is before the tests of this file, and put that back after them whatever happens.
 *
 * @param name as of sysctl
 */
export const useSetting = (name: `vm.${string}`): Setting => {
  const path = `/proc/sys/${name.replace('.', '/')}`;
  const read = (): string => readFileSync(path, 'utf8').trim();
  let before = '';
  beforeAll(() => {
    before = read();
  });
  afterAll(() => {
    writeFileSync(path, before);
  });
  return { name, line: `settings: [{sysctl: ${name}, value: ${MADE}}]`, read, before: () => before };
};

/** Whatever ended it: no tool runs on, settings are back, and the folder can be analysed. */
export const expectWellEnded = (
  place: Place,
  setting: Setting,
  role: 'trace' | 'capture',
  folder = place.folder,
): void => {
  expect(listTools(readSession(folder).recording)).toEqual([]);
  expect(setting.read()).toBe(setting.before());
  expect(countJournals(place)).toBe(0);
  expect(analyze(place, folder).inputs.find((input) => input.role === role)?.records).toBeGreaterThan(0);
};

/** The process of a recording that runs a program. */
export const pidOf = (place: Place, program: string): number => {
  const { recording } = readSession(place.folder);
  const found = readdirSync('/proc').find((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/comm`, 'utf8').trim() === program &&
        readFileSync(`/proc/${name}/environ`, 'latin1').includes(recording)
      );
    } catch {
      return false;
    }
  });
  return Number(found);
};
