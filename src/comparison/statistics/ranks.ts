/** Doubled midranks: whole numbers also where values are equal. */
export interface Ranks {
  /** In the order of the values; twice the mean of the ranks (from 1) that equal values take. */
  readonly doubled: Int32Array;
  /** Sum of t^3 - t over all groups of t equal values. */
  readonly ties: number;
}

/** Ranks of values among each other (R: 2 * rank(values)). */
export const rankAll = (values: readonly number[]): Ranks => {
  const order = values.map((_, index) => index).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const doubled = new Int32Array(values.length);
  let ties = 0;
  for (let from = 0; from < order.length;) {
    const value = values[order[from] ?? 0];
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === value) to++;
    for (let k = from; k < to; k++) doubled[order[k] ?? 0] = from + to + 1;
    const equal = to - from;
    ties += equal ** 3 - equal;
    from = to;
  }
  return { doubled, ties };
};
