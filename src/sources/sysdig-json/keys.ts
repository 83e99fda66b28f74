/** Keys of a row for one thing; where several stand in it, the first that can be used counts. */

/**
 * Time of the event. In JSON sysdig writes ns since the epoch for all of them, whatever `-t` says (seen with 0.29.3; libs,
 * `sinsp_filter_check_event::extract_as_js`); text that other tools made of them is read where no key holds a number.
 */
export const TIME_KEYS = [
  'evt.outputtime',
  'evt.rawtime',
  'evt.time',
  'evt.datetime',
  'evt.time.iso8601',
  'evt.time.s',
  'evt.datetime.s',
] as const;
/** Time of the event in two small integers, where no other key tells it. */
export const SECONDS_KEY = 'evt.rawtime.s';
export const NANOS_KEY = 'evt.rawtime.ns';
/** ns since the first event, where there is no other time. */
export const RELATIVE_KEY = 'evt.reltime';
/** Arguments of the event. */
export const INFO_KEYS = ['evt.info', 'evt.args'] as const;
/** In front of the name of a single argument. */
export const ARGUMENT_PREFIX = 'evt.arg.';
/** Keys that tell something of the arguments. */
const PARTS = new Set(['fd.name', 'evt.rawres', 'evt.res']);

/** Whether a key stands in for a part of the arguments where none of {@link INFO_KEYS} holds them. */
export const tellsArgument = (key: string): boolean => key.startsWith(ARGUMENT_PREFIX) || PARTS.has(key);
