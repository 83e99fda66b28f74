/**
 * Do the same with each of many, so many at a time.
 *
 * @returns results in the order of the items
 * @throws the first error, after which no more are begun
 */
export const concurrently = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < items.length) {
      const index = begun++;
      try {
        results[index] = await work(items[index] as T);
      } catch (error) {
        begun = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
};
