/**
 * Holm's adjusted p values (Holm 1979, "A simple sequentially rejective multiple test procedure"; R: p.adjust(method = "holm")): each may be held
 * against alpha, and the probability of one false alarm or more among all of them stays at alpha.
 *
 * @param ps 0 to 1 each
 * @returns in the same order
 */
export const holm = (ps: readonly number[]): number[] => {
  const order = ps.map((_, index) => index).sort((i, j) => (ps[i] ?? 0) - (ps[j] ?? 0));
  const adjusted = ps.map(() => 1);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    adjusted[index] = largest;
  });
  return adjusted;
};
