/** Keys of a row for one thing; where several stand in it, the first that can be used counts. */

/** Time of the event: ns since the epoch. */
export const TIME_KEYS = ['evt.outputtime', 'evt.rawtime', 'evt.time', 'evt.datetime'] as const;
/** Time of the event in two small integers, where no other key tells it. */
export const SECONDS_KEY = 'evt.rawtime.s';
export const NANOS_KEY = 'evt.rawtime.ns';
/** Arguments of the event. */
export const INFO_KEYS = ['evt.info', 'evt.args'] as const;
