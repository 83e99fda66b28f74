/** What a heartbeat's thread is started with. */
export interface HeartbeatStart {
  /** 32-bit words shared by all of them. */
  readonly slots: SharedArrayBuffer;
  /** Which of them it is, from 0. */
  readonly index: number;
  readonly everyMs: number;
}

/** The word that ends all threads when it is no longer 0. */
export const SLOT_STOP = 0;
/** From here on, by thread: the worst lateness (us) since it was taken; {@link NOTHING} when there was none. */
export const SLOT_WORST = 1;
/** A thread that did not wake since. */
export const NOTHING = -1;
