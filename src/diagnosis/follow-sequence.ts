/**
 * Pairing sends with packets along two clocks that may part company: by order, with an offset that is followed. All times
 * in ns, both series ascending.
 */

/** A packet may seem this much earlier than its send (ns), for the offset's own uncertainty. */
export const EARLY = 2_000_000;
/** Where only the exit of a send is known, its packet may have left this much before it (ns). */
export const EARLY_BEFORE_EXIT = 20_000_000;
/** Ordinary transit inside a machine, loaded ones included (ns). */
const PROMPT = 20_000_000;
/** Transit on a machine that is not loaded (ns); a fit worse than this counts half. */
const CLOSE = 4_000_000;
/** How many following pairs decide between explanations of a misfit. */
const LOOK_AHEAD = 5;

type Pair = [send: number, packet: number];

/** How many of the next pairs fit when send `i` and packet `k` are next and `offset` holds. */
const countFits = (
  sends: readonly number[],
  packets: readonly number[],
  i: number,
  k: number,
  offset: number,
  early: number,
): number => {
  let fits = 0;
  for (let n = 0; n < LOOK_AHEAD; n++) {
    const send = sends[i + n];
    const packet = packets[k + n];
    if (send === undefined || packet === undefined) break;
    const delay = packet + offset - send;
    if (delay >= -early && delay <= PROMPT) fits += delay <= CLOSE ? 1 : 0.5;
  }
  return fits;
};

/** Index of the first time at or after `time`, from index `start` on and past it. */
const firstFrom = (times: readonly number[], start: number, time: number): number => {
  let i = start + 1;
  while (i < times.length && (times[i] ?? 0) < time) i++;
  return i;
};

/**
 * Pair sends with packets of one sender in order. Where a pair does not fit, the explanation under which the next ones
 * fit best is taken: a packet that is nobody's, a send whose packet was not captured, a packet held in a queue, or a step
 * of one clock. (A step and a loss of as many whole intervals cannot be told apart; the loss is preferred.)
 *
 * @param offset to add to packet times to get send times, at the beginning
 * @param early how much earlier (ns) than its send a packet may seem to be
 */
export const followSequence = (
  sends: readonly number[],
  packets: readonly number[],
  offset: number,
  early = EARLY,
): Pair[] => {
  const pairs: Pair[] = [];
  let i = 0;
  let k = 0;
  let current = offset;
  while (i < sends.length && k < packets.length) {
    const send = sends[i] ?? 0;
    const packet = packets[k] ?? 0;
    const delay = packet + current - send;
    if (delay >= -early && delay <= PROMPT) {
      pairs.push([i, k]);
      if (delay < 0 && early === EARLY) current -= delay;
      i++;
      k++;
      continue;
    }
    const nextPacket = delay < 0 ? firstFrom(packets, k, send - current - early) : k + 1;
    const nextSend = delay > 0 ? firstFrom(sends, i, packet + current - PROMPT) : i + 1;
    const options = [
      { kind: 'skip-packet', fits: countFits(sends, packets, i, nextPacket, current, early) },
      { kind: 'skip-send', fits: countFits(sends, packets, nextSend, k, current, early) },
      { kind: 'held', fits: delay > 0 ? countFits(sends, packets, i + 1, k + 1, current, early) : -1 },
      { kind: 'step', fits: countFits(sends, packets, i, k, send - packet, early) - 1 },
    ] as const;
    const best = options.reduce((a, b) => (b.fits > a.fits ? b : a));
    if (best.fits <= 0) {
      // Nothing fits nearby: whoever lies behind moves on.
      if (delay > 0) i++;
      else k++;
    } else if (best.kind === 'skip-packet') k = nextPacket;
    else if (best.kind === 'skip-send') i = nextSend;
    else {
      if (best.kind === 'step') current = send - packet;
      pairs.push([i, k]);
      i++;
      k++;
    }
  }
  return pairs;
};
