/**
 * In how many ways values can be dealt to groups of these sizes (the multinomial coefficient).
 *
 * @returns exact up to 2^53; infinity beyond the largest double
 */
export const countArrangements = (sizes: readonly number[]): number => {
  let ways = 1;
  let dealt = 0;
  for (const size of sizes) {
    for (let k = 1; k <= size; k++) {
      dealt++;
      ways = (ways * dealt) / k;
    }
  }
  return ways;
};
