/** Places in what is in order of time. */

/** Index of the first of ascending `times` at or after `time`. */
export const lowerBound = (times: readonly number[], time: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** How many of `items` come before something: those for which `isBefore` holds, all of which stand at the beginning. */
export const countBefore = <Item>(items: readonly Item[], isBefore: (item: Item) => boolean): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
};
