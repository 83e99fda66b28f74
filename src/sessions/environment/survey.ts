import type { Machine } from './machine.js';
import type { CommandOutcome, RunOptions } from './read-command.js';
import type { Setting } from './snapshot.js';
import { settingOf, Snapshot } from './snapshot.js';

/** What one subject reads: a part of the settings. */
export type Subject = (survey: Survey) => Promise<void>;

/**
 * A machine being read into a snapshot. What is absent is left out: this kernel does not have it. What is there and cannot
 * be read is noted.
 */
export class Survey {
  readonly snapshot = new Snapshot();

  constructor(readonly machine: Machine) {}

  set(name: string, value: Setting | null | undefined): void {
    this.snapshot.set(name, value);
  }

  unread(name: string, why: string): void {
    this.snapshot.unread(name, why);
  }

  /** The text of a file; null where it is absent, or unreadable, which is noted under the name. */
  async read(name: string, path: string): Promise<string | null> {
    const reading = await this.machine.read(path);
    if (reading.ok) return reading.text;
    if (reading.why !== 'absent') this.unread(name, reading.why);
    return null;
  }

  /** The names in a folder, likewise. */
  async list(name: string, path: string): Promise<readonly string[]> {
    const listing = await this.machine.list(path);
    if (listing.ok) return listing.names;
    if (listing.why !== 'absent') this.unread(name, listing.why);
    return [];
  }

  /** Note what a file holds as a setting. */
  async file(name: string, path: string, valueOf: (text: string) => Setting | null = settingOf): Promise<void> {
    const text = await this.read(name, path);
    if (text !== null) this.set(name, valueOf(text));
  }

  /** Note several files of one folder: the setting's name behind the prefix, and the file's. */
  async files(prefix: string, folder: string, names: Readonly<Record<string, string>>): Promise<void> {
    await Promise.all(
      Object.entries(names).map(([setting, file]) => this.file(`${prefix}.${setting}`, `${folder}/${file}`)),
    );
  }

  /** stdout of a command that answered; null where it is missing, or failed, which is noted under the name. */
  async output(name: string, command: string, args: readonly string[], options?: RunOptions): Promise<string | null> {
    const outcome = await this.machine.run(command, args, options);
    if (outcome.kind === 'ended' && outcome.code === 0) return outcome.stdout;
    this.unread(name, failureOf(command, outcome));
    return null;
  }
}

/** Why a command gave nothing, in three words: its own text may hold anything and is not repeated. */
export const failureOf = (command: string, outcome: CommandOutcome): string => {
  switch (outcome.kind) {
    case 'missing':
      return `no ${command}`;
    case 'timeout':
      return `${command} took too long`;
    case 'refused':
      return `${command}: ${outcome.why}`;
    case 'ended':
      return `${command} failed`;
  }
};
