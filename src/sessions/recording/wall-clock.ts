/** The wall clock, ns since 1970; read to the ms. */
export const wallNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
