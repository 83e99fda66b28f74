import { mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { displayText } from '../../model/display.js';
import { InputError } from '../../model/input-error.js';
import { nameOfPath } from '../../sources/open.js';
import { readJson } from '../compared/read-json.js';
import { parseKeepalivedVersion } from '../environment/keepalived.js';
import { codeOf } from '../folder/files.js';
import { cleanFile, type Cleaning } from './clean-file.js';
import { writeReadme, writeRemoved } from './describe-bundle.js';
import { describeKeepalived } from './keepalived-build.js';
import { KnownSecrets } from './known-secrets.js';
import { Removals, type Removal } from './removals.js';
import { sortFiles, type FileKind, type SortedFile } from './sort-files.js';
import { writeArchive } from './tar.js';

export interface BundleOptions {
  /** Where the archive goes; it replaces what is there. */
  readonly out: string;
  /** Put the trace into it as well, without payloads. */
  readonly withTrace: boolean;
  /** Time of every file in it, s since 1970; null: when the session began, as its session.json says. */
  readonly epoch: number | null;
  /** The answer about the session as JSON and as a ticket. Where it throws an InputError the bundle has none. */
  readonly analyse: () => Promise<{ readonly json: string; readonly markdown: string }>;
  readonly signal?: AbortSignal;
}

export interface Bundle {
  readonly path: string;
  /** Names of its files, sorted. */
  readonly files: readonly string[];
  readonly removed: readonly Removal[];
}

/** These tell the secrets that must not be in what comes after. */
const FIRST: readonly FileKind[] = ['configuration', 'capture'];

/** What a session is called in a bundle: its folder's name in characters that every system takes. */
export const nameBundle = (folder: string): string =>
  basename(resolve(folder)).replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 32).replace(/^[._-]+/, '') || 'session'; // prettier-ignore

const LARGEST_JSON = 16 * 1024 * 1024;

const readField = async (folder: string, file: string, field: string): Promise<unknown> => {
  const read = await readJson(join(folder, file), LARGEST_JSON);
  return read.kind === 'object' ? read.value[field] : undefined;
};

const readStart = async (folder: string): Promise<number> => {
  const start = await readField(folder, 'session.json', 'startNs');
  return typeof start === 'string' && /^\d{1,19}$/.test(start) ? Number(BigInt(start) / 1_000_000_000n) : 0;
};

const refuseFlight = async (folder: string): Promise<void> => {
  if ((await readField(folder, 'session.json', 'kind')) !== 'flight') return;
  throw new InputError(
    'is the folder of a flight recorder',
    nameOfPath(folder),
    'give one of the folders late-* in it',
  );
};

const cleanAll = async (cleaning: Cleaning, files: readonly SortedFile[], withTrace: boolean): Promise<string[]> => {
  const names: string[] = [];
  const ordered = [
    ...files.filter(({ kind }) => FIRST.includes(kind)),
    ...files.filter(({ kind }) => !FIRST.includes(kind)),
  ];
  for (const file of ordered) {
    if (file.kind === 'other') cleaning.removals.note('files that are not known to be harmless', file.name);
    else if (file.kind === 'trace' && !withTrace)
      cleaning.removals.note('the trace; --with-trace adds it without payloads', file.name); // prettier-ignore
    else {
      const name = await cleanFile(cleaning, file);
      if (name !== null && names.includes(name)) cleaning.removals.note('second files of one name', file.name);
      else if (name !== null) names.push(name);
    }
  }
  return names;
};

const writeAnswer = async (cleaning: Cleaning, analyse: BundleOptions['analyse']): Promise<string[]> => {
  const { staged, secrets, removals } = cleaning;
  const answer = await analyse().catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    return null;
  });
  if (answer === null) {
    removals.note('the answer: these files give none', 'answer.json');
    return [];
  }
  const parts = [
    ['answer.json', secrets.scrubJson(answer.json)],
    ['ticket.md', secrets.scrub(answer.markdown)],
  ] as const;
  for (const [name, { text, count }] of parts) {
    removals.note('passwords that the configuration or the packets have', name, count);
    await writeFile(join(staged, name), text, { mode: 0o600 });
  }
  return parts.map(([name]) => name);
};

const VERSION = /^\d[\w.-]{0,30}$/;
/** keepalived tells its version in the first lines of its log. */
const LOG_HEAD = 64 * 1024;

/** The version that sent, as the settings tell it, else a log; null where neither does. */
const findVersion = async (staged: string, names: readonly string[]): Promise<string | null> => {
  const told = await readField(staged, 'environment.json', 'keepalived.version');
  if (typeof told === 'string' && VERSION.test(told)) return told;
  for (const name of names.filter((file) => file.endsWith('.log'))) {
    const file = await open(join(staged, name));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LOG_HEAD), 0, LOG_HEAD, 0);
      const version = parseKeepalivedVersion(buffer.toString('utf8', 0, bytesRead));
      if (version !== null) return version;
    } finally {
      await file.close();
    }
  }
  return null;
};

/** What was removed; a file may be called like a password, too. */
const listClean = ({ secrets, removals }: Cleaning): Removal[] =>
  removals.list().map((removal) => ({ ...removal, where: displayText(secrets.scrub(removal.where).text) }));

const fillStaged = async (cleaning: Cleaning, folder: string, options: BundleOptions): Promise<string[]> => {
  const { staged } = cleaning;
  const names = await cleanAll(cleaning, await sortFiles(folder), options.withTrace);
  names.push(...(await writeAnswer(cleaning, options.analyse)));
  const version = await findVersion(staged, names);
  await writeFile(join(staged, 'keepalived.txt'), await describeKeepalived(version));
  const all = [...names, 'keepalived.txt', 'README.txt', 'REMOVED.txt'].sort();
  const tool = names.includes('session.json') ? await readField(staged, 'session.json', 'tool') : null;
  const made = typeof tool === 'object' && tool !== null && 'version' in tool ? String(tool.version) : null;
  await writeFile(join(staged, 'README.txt'), writeReadme(nameBundle(folder), all, made));
  await writeFile(join(staged, 'REMOVED.txt'), writeRemoved(listClean(cleaning), options.withTrace));
  return all;
};

/**
 * Put a session into one archive that can be given to others: what keepalived's maintainer asks for, without secrets (docs/bundle.md). Written whole or not at all;
 * the same session makes the same bytes.
 *
 * @throws InputError when the folder is no session folder, or the archive cannot be written
 */
export const bundleSession = async (folder: string, options: BundleOptions): Promise<Bundle> => {
  const out = resolve(options.out);
  const name = `whylate-bundle-${nameBundle(folder)}`;
  await sortFiles(folder);
  await refuseFlight(folder);
  await refuseOther(out);
  const epoch = options.epoch ?? (await readStart(folder));
  const work = await makeWork(out);
  try {
    const staged = join(work, 'files');
    await mkdir(staged);
    const cleaning = { folder, staged, secrets: new KnownSecrets(), removals: new Removals(), signal: options.signal };
    const files = await fillStaged(cleaning, folder, options);
    options.signal?.throwIfAborted();
    const archive = join(work, 'archive');
    await writeArchive(archive, files.map((file) => ({ name: `${name}/${file}`, path: join(staged, file) })), epoch); // prettier-ignore
    await rename(archive, out);
    return { path: options.out, files, removed: listClean(cleaning) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** An archive takes the place of a file, never that of a device or a folder. */
const refuseOther = async (out: string): Promise<void> => {
  const found = await stat(out).catch(() => null);
  if (found !== null && !found.isFile())
    throw new InputError('is no regular file', nameOfPath(out), 'give another file with --out');
};

/** A folder beside the archive, so that it can take its name at once. */
const makeWork = async (out: string): Promise<string> => {
  try {
    return await mkdtemp(join(dirname(out), '.whylate-bundle-'));
  } catch (error) {
    throw new InputError(`cannot be written (${codeOf(error)})`, nameOfPath(out), 'give another file with --out');
  }
};
