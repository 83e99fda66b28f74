const UNIT_NS = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const DURATION = /^(\d+)(?:\.(\d+))?(ns|us|µs|ms|s|m|h)$/;

/** The longest duration that is exact as a number of ns: 104 days. */
const LONGEST_NS = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The ns of a duration such as `250ms`, `3.5s`, `2m`, `1h`; exact, without a floating-point number in between.
 *
 * @throws RangeError when it is none, is finer than 1 ns or longer than 104 days; the message says what to write
 */
export const parseDuration = (text: string): number => {
  const match = DURATION.exec(text);
  if (!match) throw new RangeError('not a duration; write a number with ns, us, ms, s, m or h, such as 250ms or 3.5s');
  const [, whole = '', fraction = '', unit = ''] = match;
  const unitNs = UNIT_NS.get(unit) ?? 1n;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = (BigInt(whole) * scale + BigInt(fraction === '' ? '0' : fraction)) * unitNs;
  if (scaled % scale !== 0n) throw new RangeError('finer than a nanosecond; leave out the last digits');
  const total = scaled / scale;
  if (total > LONGEST_NS) throw new RangeError('longer than 104 days; write a shorter duration');
  return Number(total);
};
