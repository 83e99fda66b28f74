import { readDescriptor } from './info.js';
import { makeSegment, type Segment } from './segments.js';
import type { CallClass } from './calls.js';

/** Descriptor kind of a timer: reading it after the loop's wait said so does not sleep. */
export const TIMER = 't';

/** The row behind an absence of which no switch row tells. */
interface NextRow {
  readonly type: string;
  readonly callClass: CallClass;
  readonly exit: boolean;
  readonly info: string;
}

/**
 * A long time between two rows of a thread, where no switch rows exist: an absence inside the call that the second one
 * ends, or outside any.
 *
 * @param open the call it was in, null where no enter row tells
 * @param targetOf what a call acts on, by its info text
 * @param dueIn when a wait with that info text was due to end
 */
export const makeUnwitnessed = (
  from: number,
  to: number,
  row: NextRow,
  open: { readonly type: string; readonly info: string } | null,
  targetOf: (info: string) => string | null,
  dueIn: (info: string) => number | null,
): Segment => {
  const inside = row.exit && row.callClass !== 'signal' && (open === null || open.type === row.type);
  const isWait = inside && row.callClass === 'loop-wait';
  const info = open?.info ?? row.info;
  const canSleep = row.callClass !== 'never-sleeps' && readDescriptor(info)?.kind !== TIMER;
  return makeSegment(isWait ? 'wait' : 'off', from, to, {
    call: inside && canSleep ? row.type : '',
    target: inside ? targetOf(info) : null,
    deadline: isWait ? dueIn(open?.info ?? '') : null,
    inferred: true,
    openEnded: true,
  });
};
