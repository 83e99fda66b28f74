// @ts-check

/** What has to be undone, last first, whatever happens. */
export class Cleanup {
  /** @type {{ what: string, undo: () => Promise<unknown> | unknown }[]} */
  #steps = [];

  /**
   * Called before that which is to be undone: it may be interrupted halfway.
   * @param {string} what
   * @param {() => Promise<unknown> | unknown} undo
   */
  defer(what, undo) {
    this.#steps.push({ what, undo });
  }

  /**
   * Undoes everything; a step that fails is told and does not keep the others from being done.
   * @returns {Promise<boolean>} whether all could be undone
   */
  async run() {
    let isDone = true;
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        console.error(`could not ${step.what}: ${error instanceof Error ? error.message : String(error)}`);
        isDone = false;
      }
    }
    return isDone;
  }
}
