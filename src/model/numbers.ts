/** A count with its thousands apart: `594,437`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** A measured number for people: `0.0083`, `1.2`, `43`, `1,234`; two significant digits, and all of those before the point. */
export const formatNumber = (value: number): string => {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 99.5) return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  return value.toLocaleString('en-US', { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
};

/** A rate from 0 to 1 as percent, however small: `1.2 %`, `0.0083 %`; 100 % and 0 % only where it is exactly that. */
export const formatRate = (rate: number): string => {
  const percent = formatNumber(rate * 100);
  return rate < 1 && percent === '100' ? '>99 %' : `${percent} %`;
};
