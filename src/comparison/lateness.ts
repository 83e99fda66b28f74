/**
 * The lateness of gaps (ns) as a short text: rounded to the nanosecond, sorted, each as its difference from the one before in groups of seven bits,
 * base64. Some three bytes a gap where they are alike.
 *
 * @param lateness in any order; whole numbers below 2^53 in size survive as they are
 */
export const packLateness = (lateness: Float64Array): string => {
  const sorted = Float64Array.from(lateness, Math.round).sort();
  const bytes: number[] = [];
  let before = 0;
  sorted.forEach((value, i) => {
    // The first may be negative: its sign is its lowest bit.
    let left = i === 0 ? (value < 0 ? -2 * value - 1 : 2 * value) : value - before;
    while (left >= 0x80) {
      bytes.push((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    bytes.push(left);
    before = value;
  });
  return Buffer.from(bytes).toString('base64');
};

/**
 * What {@link packLateness} packed, sorted.
 *
 * @returns null where the text is not of that form
 */
export const unpackLateness = (text: string): Float64Array | null => {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float64Array(countEnds(bytes));
  let count = 0;
  let value = 0;
  let weight = 1;
  let before = 0;
  for (const byte of bytes) {
    value += (byte & 0x7f) * weight;
    if (byte >= 0x80) {
      weight *= 0x80;
      continue;
    }
    before = count === 0 ? (value % 2 === 1 ? -(value + 1) / 2 : value / 2) : before + value;
    values[count] = before;
    count += 1;
    value = 0;
    weight = 1;
  }
  return weight === 1 ? values : null;
};

/** Each value ends in a byte without the highest bit. */
const countEnds = (bytes: Uint8Array): number => {
  let ends = 0;
  for (const byte of bytes) if (byte < 0x80) ends += 1;
  return ends;
};
