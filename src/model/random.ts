/** Numbers from 0 to below 1, each a multiple of 2^-32. */
export type Random = () => number;

/** splitmix32: spreads a small seed over a whole state. */
const spread = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
};

/** Generators of neighbouring seeds are far apart only after some steps. */
const WARM_UP = 12;

/**
 * Random numbers that are the same everywhere for the same seed: sfc32 (Chris Doty-Humphrey's Small Fast Counter, from PractRand).
 *
 * @param seed a whole number, of which the lower 32 bits count
 */
export const makeRandom = (seed: number): Random => {
  const next = spread(seed);
  let a = next();
  let b = next();
  let c = next();
  let counter = 1;
  const draw = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < WARM_UP; i++) draw();
  return draw;
};

/** A new list with the same things in random order (Fisher and Yates). */
export const shuffled = <T>(list: readonly T[], random: Random): T[] => {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
};
