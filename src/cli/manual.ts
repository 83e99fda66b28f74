import { readFile } from 'node:fs/promises';
import { readVersion } from '../version.js';
import type { CommandDefinition, CommandFacts } from './command.js';
import { EXIT } from './exit-codes.js';
import { writeAll } from './output.js';
import { readSourceDate } from './source-date.js';

/** Part of the package. */
const readChangelog = (): Promise<string> =>
  readFile(new URL('../../CHANGELOG.md', import.meta.url), 'utf8').catch(() => '');

/**
 * `whylate manual`: the man page.
 *
 * @param list all commands, this one among them
 */
export const defineManualCommand = (list: () => readonly CommandFacts[]): CommandDefinition<Record<string, never>> => ({
  name: 'manual',
  summary: 'print the man page',
  epilogue: `
Examples:
  whylate manual | man -l -
`,
  flags: [],
  start: () => ({}),
  run: async (_, world) => {
    const { renderManual } = await import('./manual/render.js');
    const { findReleaseDate } = await import('./manual/release-date.js');
    const version = readVersion();
    const date = readSourceDate(world.env)?.slice(0, 10) ?? findReleaseDate(await readChangelog(), version);
    await writeAll(world.stdout, renderManual(list(), { version, date }));
    return EXIT.answered;
  },
});
