import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CounterTable } from '../../model/counters.js';
import { InputError } from '../../model/input-error.js';
import { nameOfPath, openBytes } from '../../sources/open.js';
import { readJson } from '../compared/read-json.js';
import { codeOf } from '../folder/files.js';
import { cleanCapture } from './clean-capture.js';
import { cleanConf } from './clean-conf.js';
import { cleanEnvironment, cleanSession, cleanVitalsLine } from './clean-json.js';
import { cleanLogLine, cleanTcpdumpLine } from './clean-log.js';
import { cleanStatisticsLine } from './clean-statistics.js';
import type { KnownSecrets } from './known-secrets.js';
import type { Removals } from './removals.js';
import { rewriteLines, writeBytes } from './rewrite-lines.js';
import type { SortedFile } from './sort-files.js';
import { RowStripper } from './strip-row.js';

/** What cleaning works with: where files come from and go to, what is known of secrets, what was removed. */
export interface Cleaning {
  readonly folder: string;
  readonly staged: string;
  readonly secrets: KnownSecrets;
  readonly removals: Removals;
  readonly signal?: AbortSignal | undefined;
}

const KNOWN = 'passwords that the configuration or the packets have';
const UNREADABLE = 'files that cannot be read';
const LARGEST_JSON = 16 * 1024 * 1024;

const withoutEnding = (name: string): string => name.replace(/\.(?:gz|zst)$/, '');

/** A file being cleaned. */
class Cleaner {
  readonly #counters = new CounterTable();

  constructor(
    readonly cleaning: Cleaning,
    readonly name: string,
    readonly as: string,
  ) {}

  readonly note = (what: string, count?: number): void => {
    this.cleaning.removals.note(what, this.as, count);
  };

  readonly scrub = (text: string): string => {
    const scrubbed = this.cleaning.secrets.scrub(text);
    this.note(KNOWN, scrubbed.count);
    return scrubbed.text;
  };

  get to(): string {
    return join(this.cleaning.staged, this.as);
  }

  get path(): string {
    return join(this.cleaning.folder, this.name);
  }

  bytes(): AsyncIterable<Uint8Array> {
    return openBytes(this.path, this.#counters);
  }

  async lines(change: (line: string) => string | null, isCompressed = false, bytes = this.bytes()): Promise<void> {
    await rewriteLines(bytes, this.to, change, { isCompressed, signal: this.cleaning.signal });
    for (const { name, count } of this.#counters.list()) this.note(name, count);
  }

  /** A text with the known secrets taken out, and no line where there is none. */
  readonly scrubLine = (line: string | null): string | null => (line === null ? null : this.scrub(line));
}

const cleanJson = async (
  cleaner: Cleaner,
  clean: (value: Readonly<Record<string, unknown>>, note: Cleaner['note']) => unknown,
): Promise<boolean> => {
  const file = await readJson(cleaner.path, LARGEST_JSON);
  if (file.kind !== 'object') return false;
  const { text, count } = cleaner.cleaning.secrets.scrubJson(JSON.stringify(clean(file.value, cleaner.note), null, 2));
  cleaner.note(KNOWN, count);
  await writeFile(cleaner.to, `${text}\n`, { mode: 0o600 });
  return true;
};

const cleanConfFile = async (cleaner: Cleaner): Promise<boolean> => {
  const { text, secrets } = await cleanConf(await readFile(cleaner.path, 'utf8'), cleaner.note);
  cleaner.cleaning.secrets.add(secrets);
  await writeFile(cleaner.to, cleaner.scrub(text), { mode: 0o600 });
  return true;
};

const cleanCaptureFile = async (cleaner: Cleaner): Promise<boolean> => {
  const { kind, bytes } = await cleanCapture(cleaner.bytes(), nameOfPath(cleaner.path), (zeroed) => {
    if (zeroed.kind === 'authentication') cleaner.note('VRRP authentication data');
    if (zeroed.kind === 'payload') cleaner.note('payload of packets');
    if (zeroed.password !== null) cleaner.cleaning.secrets.add([zeroed.password]);
  });
  if (kind === 'unknown') return false;
  if (kind === 'tcpdump-text')
    await cleaner.lines((line) => cleaner.scrubLine(cleanTcpdumpLine(line, cleaner.note)), false, bytes);
  else await writeBytes(bytes, cleaner.to, cleaner.cleaning.signal);
  return true;
};

const cleanTrace = async (cleaner: Cleaner): Promise<boolean> => {
  const stripper = new RowStripper(cleaner.note, cleaner.scrub);
  await cleaner.lines((line) => stripper.strip(line), true);
  return true;
};

const cleanLines = async (
  cleaner: Cleaner,
  clean: (line: string, note: Cleaner['note']) => string | null,
): Promise<boolean> => {
  await cleaner.lines((line) => cleaner.scrubLine(clean(line, cleaner.note)));
  return true;
};

const cleanKind = (cleaner: Cleaner, kind: SortedFile['kind']): Promise<boolean> => {
  switch (kind) {
    case 'configuration':
      return cleanConfFile(cleaner);
    case 'capture':
      return cleanCaptureFile(cleaner);
    case 'environment':
      return cleanJson(cleaner, cleanEnvironment);
    case 'session':
      return cleanJson(cleaner, cleanSession);
    case 'vitals':
      return cleanLines(cleaner, cleanVitalsLine);
    case 'statistics':
      return cleanLines(cleaner, cleanStatisticsLine);
    case 'log':
      return cleanLines(cleaner, cleanLogLine);
    case 'trace':
      return cleanTrace(cleaner);
    case 'other':
      return Promise.resolve(false);
  }
};

/**
 * Put a cleaned copy of one file of a session into the staging folder. Configurations and captures must come first: they tell the secrets that must not be in
 * the others.
 *
 * @returns its name there; null where it was left out, and noted
 */
export const cleanFile = async (cleaning: Cleaning, { name, kind }: SortedFile): Promise<string | null> => {
  const as = kind === 'trace' ? 'trace.jsonl.gz' : withoutEnding(name);
  cleaning.signal?.throwIfAborted();
  const cleaned = await cleanKind(new Cleaner(cleaning, name, as), kind).catch((error: unknown) => {
    cleaning.signal?.throwIfAborted();
    if (error instanceof InputError || codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return false;
    throw error;
  });
  if (cleaned) return as;
  cleaning.removals.note(UNREADABLE, as);
  return null;
};
