import type { SessionJson } from '../folder/session-json.js';
import type { JournalFile } from '../recovery/journal.js';
import { readOthersChanges } from '../recovery/others.js';
import { applyChange, prepareUndo, undoChange, type Change, type Undo } from '../settings/changes.js';

/** The settings of one recording: made one after the other, undone the other way round. */
export class Settings {
  readonly #journal: JournalFile;
  readonly #journals: string;
  readonly #undo: Undo[] = [];

  /** @param journals where those of other recordings lie */
  constructor(journal: JournalFile, journals: string) {
    this.#journal = journal;
    this.#journals = journals;
  }

  /**
   * @throws Error when one cannot be made, or another recording has changed it and will put it back; those made before stay until {@link undo}
   */
  async apply(
    changes: readonly Change[],
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
    session: SessionJson,
  ): Promise<void> {
    for (const change of changes) {
      if (signal.aborted) return;
      const undo = await prepareUndo(change);
      await this.#journal.noteUndo(undo);
      this.#undo.push(undo);
      // Noted first, then looked at those of others: of two that begin at once at least one sees the other.
      const others = await readOthersChanges(this.#journals, this.#journal.recording);
      if (undo.kind === 'file' && others.has(undo.path)) {
        await this.#drop();
        throw new Error(
          `the setting ${undo.path} is being changed by another recording; wait until that one has ended`,
        );
      }
      session.settings.push({ name: change.name, restored: false });
      await applyChange(change, env, signal);
    }
  }

  /** @returns what could not be undone, for people; it stays in the journal */
  async undo(session: SessionJson): Promise<string[]> {
    const failures: string[] = [];
    while (this.#undo.length > 0) {
      const undo = this.#undo.at(-1);
      if (!undo) break;
      try {
        await undoChange(undo);
      } catch (error) {
        // What lies before it can still be undone; the journal keeps the order, so it keeps this one and those before.
        failures.push(error instanceof Error ? error.message : String(error));
        this.#undo.pop();
        continue;
      }
      const noted = session.settings[this.#undo.length - 1];
      if (noted) noted.restored = true;
      if (failures.length === 0) await this.#drop();
      else this.#undo.pop();
    }
    return failures;
  }

  async #drop(): Promise<void> {
    this.#undo.pop();
    await this.#journal.dropUndo();
  }
}
