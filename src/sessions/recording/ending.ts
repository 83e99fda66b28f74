import type { Outcome } from '../folder/session-json.js';

export interface End {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** The end of a recording, which many things can bring about; the first one counts. */
export class Ending {
  /** When it comes. */
  readonly come: Promise<End>;
  readonly #resolve: (end: End) => void;
  readonly #abort = new AbortController();
  #end: End | null = null;

  constructor() {
    let resolve: (end: End) => void = () => undefined;
    this.come = new Promise((settle) => (resolve = settle));
    this.#resolve = resolve;
  }

  get end(): End | null {
    return this.#end;
  }

  /** Aborted when the end comes. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Bring it about. */
  bring(outcome: Outcome, reason: string | null = null): void {
    if (this.#end !== null) return;
    this.#end = { outcome, reason };
    this.#resolve(this.#end);
    this.#abort.abort();
  }
}
