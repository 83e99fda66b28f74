import { LiveCapture } from '../../sources/capture/index.js';
import type { SessionPlan } from '../plan/plan.js';
import { LateWatch, type SeenLate } from '../watch/late-watch.js';
import { parseDuration } from '../../model/parse-duration.js';

/** What watches the advertisements that a plan is about. */
export const makeWatch = ({ script: { sender }, lateAfterNs }: SessionPlan): LateWatch =>
  new LateWatch({
    vrid: sender.vrid,
    address: sender.address ?? null,
    intervalNs: sender.interval === undefined ? null : parseDuration(sender.interval),
    lateAfterNs,
  });

/** See late advertisements in the bytes of a capture as they come; a capture that is none is watched no further. */
export const watchBytes = async (
  bytes: AsyncIterable<Uint8Array>,
  watch: LateWatch,
  onLate: (late: SeenLate) => void,
): Promise<void> => {
  const capture = new LiveCapture('the capture');
  for await (const chunk of bytes) {
    for (const advertisement of capture.push(chunk)) {
      const late = watch.push(advertisement);
      if (late) onLate(late);
    }
  }
};
