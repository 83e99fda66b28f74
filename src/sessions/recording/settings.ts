import type { SessionJson } from '../folder/session-json.js';
import type { JournalFile } from '../recovery/journal.js';
import { readOthersChanges } from '../recovery/others.js';
import { applyChange, prepareUndo, undoChange, type Change, type Undo } from '../settings/changes.js';

/** Puts what is known while recording into a text, such as the sender's pid of this moment. */
type MakeFill = () => (text: string) => string;

const SENDER = '${sender_pid}';

/** @throws Error where a command is for the sender, and there is none */
const fillChange = (change: Change, makeFill: MakeFill): Change => {
  if (change.kind === 'file') return change;
  const fill = makeFill();
  const { name, apply, restore } = change;
  if (fill(SENDER) === '' && [...apply, ...restore].some((word) => word.includes(SENDER)))
    throw new Error(`the setting '${name}' is for ${SENDER}, and no process that sends VRRP was found`);
  return { ...change, apply: apply.map(fill), restore: restore.map(fill) };
};

/** A change that was made, with what undoes it as it was noted then. */
interface Made {
  readonly change: Change;
  readonly undo: Undo;
}

/** What undoes it now: the sender may have been started again since, by this very change. */
const undoOf = ({ change, undo }: Made, makeFill: MakeFill): Undo => {
  if (undo.kind === 'file' || change.kind === 'file') return undo;
  const fill = makeFill();
  return fill(SENDER) === '' ? undo : { ...undo, restore: change.restore.map(fill) };
};

/** The settings of one recording: made one after the other, undone the other way round. */
export class Settings {
  readonly #journal: JournalFile;
  readonly #journals: string;
  readonly #made: Made[] = [];

  /** @param journals where those of other recordings lie */
  constructor(journal: JournalFile, journals: string) {
    this.#journal = journal;
    this.#journals = journals;
  }

  /**
   * @param makeFill called for each command, before it is run
   * @throws Error when one cannot be made, or another recording has changed it and will put it back; those made before stay until {@link undo}
   */
  async apply(
    changes: readonly Change[],
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
    session: SessionJson,
    makeFill: MakeFill,
  ): Promise<void> {
    for (const change of changes) {
      if (signal.aborted) return;
      const filled = fillChange(change, makeFill);
      const undo = await prepareUndo(filled);
      await this.#journal.noteUndo(undo);
      this.#made.push({ change, undo });
      // Noted first, then looked at those of others: of two that begin at once at least one sees the other.
      const others = await readOthersChanges(this.#journals, this.#journal.recording);
      if (undo.kind === 'file' && others.has(undo.path)) {
        await this.#drop();
        throw new Error(
          `the setting ${undo.path} is being changed by another recording; wait until that one has ended`,
        );
      }
      session.settings.push({ name: change.name, restored: false });
      await applyChange(filled, env, signal);
    }
  }

  /**
   * @param makeFill called for each command, before it is run
   * @returns what could not be undone, for people; it stays in the journal
   */
  async undo(session: SessionJson, makeFill: MakeFill): Promise<string[]> {
    const failures: string[] = [];
    while (this.#made.length > 0) {
      const last = this.#made.at(-1);
      if (!last) break;
      try {
        await undoChange(undoOf(last, makeFill));
      } catch (error) {
        // What lies before it can still be undone; the journal keeps the order, so it keeps this one and those before.
        failures.push(error instanceof Error ? error.message : String(error));
        this.#made.pop();
        continue;
      }
      const noted = session.settings[this.#made.length - 1];
      if (noted) noted.restored = true;
      if (failures.length === 0) await this.#drop();
      else this.#made.pop();
    }
    return failures;
  }

  async #drop(): Promise<void> {
    this.#made.pop();
    await this.#journal.dropUndo();
  }
}
