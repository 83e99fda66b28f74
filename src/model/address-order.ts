/**
 * Address order, which decides between equal priorities (RFC 9568, section 6.4.3): negative, zero or positive as `a` is the lower one.
 *
 * @param a dotted IPv4, or IPv6 as captures print it
 */
export const compareAddresses = (a: string, b: string): number => {
  const [left, right] = [sortKey(a), sortKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const sortKey = (address: string): string =>
  address.includes(':') ? padParts(address, ':', 4) : padParts(address, '.', 3);

const padParts = (address: string, separator: string, width: number): string =>
  address
    .split(separator)
    .map((part) => part.padStart(width, '0'))
    .join(separator);
