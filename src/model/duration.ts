const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** `2.50` as `2.5`, `3.00` as `3`. */
export const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);

/** Three significant digits of value / unit, without zeros that say nothing. */
const formatIn = (value: bigint, unit: bigint): string => {
  const amount = Number(value) / Number(unit);
  return trimZeros(amount.toFixed(amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0));
};

/** The largest unit a length reaches once rounded to three digits. */
const UNITS: readonly { unit: bigint; name: string; from: bigint }[] = [
  { unit: 1_000_000_000n, name: 's', from: 999_500_000n },
  { unit: 1_000_000n, name: 'ms', from: 999_500n },
  { unit: 1_000n, name: 'µs', from: 1_000n },
  { unit: 1n, name: 'ns', from: 0n },
];

/** A length in ns for people: `1.07 s`, `250 ms`, `27.1 µs`, `2 min 5 s`; three significant digits. */
export const formatDuration = (length: string | bigint): string => {
  const ns = BigInt(length);
  const size = absolute(ns);
  const sign = ns < 0n ? '-' : '';
  const seconds = (size + 500_000_000n) / 1_000_000_000n;
  if (seconds >= 7_200n) {
    const minutes = (seconds + 30n) / 60n;
    return `${sign}${minutes / 60n} h ${minutes % 60n} min`;
  }
  if (seconds >= 120n) return `${sign}${seconds / 60n} min ${seconds % 60n} s`;
  const { unit, name } = UNITS.find(({ from }) => size >= from) ?? { unit: 1n, name: 'ns' };
  return `${sign}${formatIn(size, unit)} ${name}`;
};
