import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../folder/write-file.js';
import { identify, isAlive, type ProcessId } from '../processes/mark.js';
import type { Undo } from '../settings/changes.js';

const processId = z.strictObject({ pid: z.number().int(), startTicks: z.string() });

const undo = z.union([
  z.strictObject({
    kind: z.literal('file'),
    name: z.string(),
    path: z.string(),
    before: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('command'), name: z.string(), restore: z.array(z.string()).readonly() }),
]);

const journalSchema = z.strictObject({
  /** The recording's mark. */
  recording: z.string(),
  folders: z.array(z.string()),
  bootId: z.string(),
  recorder: processId,
  keeper: processId.nullable(),
  undo: z.array(undo),
});

/** What must be ended, put back and finished when a recording is cut off; on disk for as long as it runs. */
export type Journal = z.output<typeof journalSchema>;

/**
 * Where journals lie: `WHYLATE_STATE_DIR`, else /var/lib/whylate for root, else below the user's state directory (XDG). Not where a reboot
 * empties it: a file such as /etc/default/qemu-kvm must be put back after one, too.
 */
export const journalFolder = (env: Readonly<Record<string, string | undefined>>): string => {
  const given = env['WHYLATE_STATE_DIR'];
  if (given !== undefined && given !== '') return given;
  if (process.getuid?.() === 0) return '/var/lib/whylate';
  return join(env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? '/tmp', '.local/state'), 'whylate');
};

const readBootId = async (): Promise<string> =>
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown')).trim();

const SUFFIX = '.recording.json';

/** One recording's journal, as its writer sees it: what is noted is on disk when the promise is kept. */
export class JournalFile {
  readonly path: string;
  #journal: Journal;

  private constructor(path: string, journal: Journal) {
    this.path = path;
    this.#journal = journal;
  }

  static async create(folder: string, recording: string): Promise<JournalFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const recorder = await identify(process.pid);
    if (recorder === null) throw new Error('/proc does not show this process');
    const bootId = await readBootId();
    const file = new JournalFile(join(folder, `${recording}${SUFFIX}`), {
      ...{ recording, folders: [], bootId, recorder, keeper: null, undo: [] },
    });
    await file.#write();
    return file;
  }

  get recording(): string {
    return this.#journal.recording;
  }

  async noteKeeper(keeper: ProcessId): Promise<void> {
    this.#journal = { ...this.#journal, keeper };
    await this.#write();
  }

  /** A folder that is to be finished. */
  async noteFolder(folder: string): Promise<void> {
    this.#journal = { ...this.#journal, folders: [...this.#journal.folders, folder] };
    await this.#write();
  }

  async dropFolder(folder: string): Promise<void> {
    this.#journal = { ...this.#journal, folders: this.#journal.folders.filter((other) => other !== folder) };
    await this.#writeIfPossible();
  }

  /** To be called before the change is made. */
  async noteUndo(undo: Undo): Promise<void> {
    this.#journal = { ...this.#journal, undo: [...this.#journal.undo, undo] };
    await this.#write();
  }

  /** The change noted last was undone. */
  async dropUndo(): Promise<void> {
    this.#journal = { ...this.#journal, undo: this.#journal.undo.slice(0, -1) };
    await this.#writeIfPossible();
  }

  /** Whether nothing is left to be undone or finished. */
  get isSettled(): boolean {
    return this.#journal.undo.length === 0 && this.#journal.folders.length === 0;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** On a full disk what was undone stays noted, and is undone once more after a kill: that does no harm. */
  async #writeIfPossible(): Promise<void> {
    await this.#write().catch(() => undefined);
  }

  #write(): Promise<void> {
    return writeWhole(this.path, `${JSON.stringify(this.#journal, null, 1)}\n`, 0o600);
  }
}

/**
 * @returns null when it is gone
 * @throws Error when it is no journal
 */
export const readJournal = async (path: string): Promise<Journal | null> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${path} is not a journal of a recording; look at it, and remove it`);
  }
};

/** Paths of all journals. */
export const listJournals = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(folder, name));
};

/** Write a journal back with what could not be undone. */
export const rewriteJournal = (path: string, journal: Journal): Promise<void> =>
  writeWhole(path, `${JSON.stringify(journal, null, 1)}\n`, 0o600);

/** Whether the machine was started again since. */
export const isFromBefore = async ({ bootId }: Journal): Promise<boolean> => bootId !== (await readBootId());

/** Whether somebody still sees to it: the recorder, or when that is gone, its keeper. */
export const isTendedTo = async (journal: Journal): Promise<boolean> =>
  (await isAlive(journal.recorder)) || (journal.keeper !== null && (await isAlive(journal.keeper)));

/** How many recordings on this machine were cut off, and nobody sees to them. */
export const countLeftovers = async (env: Readonly<Record<string, string | undefined>>): Promise<number> => {
  let count = 0;
  for (const path of await listJournals(journalFolder(env))) {
    const journal = await readJournal(path).catch(() => null);
    if (journal !== null && !(await isTendedTo(journal))) count++;
  }
  return count;
};
