import { expect } from 'vitest';

/** Within so small a share of what is expected (1e-9 where nothing is said). */
export const expectClose = (actual: number | null, expected: number, share = 1e-9): void => {
  expect(actual).not.toBeNull();
  const room = Math.max(Math.abs(expected) * share, Number.MIN_VALUE);
  expect(actual).toBeGreaterThanOrEqual(expected - room);
  expect(actual).toBeLessThanOrEqual(expected + room);
};
