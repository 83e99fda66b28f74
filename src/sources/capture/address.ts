/** The IPv4 address in the four bytes at `offset`, dotted. */
export const formatIpv4 = (bytes: Uint8Array, offset = 0): string => bytes.subarray(offset, offset + 4).join('.');

const hasEmbeddedIpv4 = (groups: readonly number[]): boolean =>
  groups.slice(0, 5).every((group) => group === 0) && (groups[5] === 0xffff || (groups[5] === 0 && groups[6] !== 0));

/**
 * The IPv6 address in the 16 bytes at `offset`, as RFC 5952 section 4 writes it: lower case, no leading zeros, the
 * first longest run of two or more zero groups as `::`. IPv4-mapped and IPv4-compatible addresses end in dotted form
 * (section 5), as tcpdump prints them (addrtostr6).
 */
export const formatIpv6 = (bytes: Uint8Array, offset = 0): string => {
  const at = (index: number): number => bytes[offset + index] ?? 0;
  const groups = Array.from({ length: 8 }, (_, i) => at(2 * i) * 256 + at(2 * i + 1));
  if (hasEmbeddedIpv4(groups)) {
    return `${groups[5] === 0 ? '::' : '::ffff:'}${formatIpv4(bytes, offset + 12)}`;
  }
  let run = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > run.length) run = { start: i, length: end - i };
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (run.start < 0) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
};

const parseGroups = (text: string): number[] | null => {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part);
    if (dotted && i === parts.length - 1) {
      const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(1).map(Number);
      if (Math.max(a, b, c, d) > 255) return null;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
};

const parseIpv6 = (text: string): Uint8Array | null => {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] ?? '');
  const tail = parseGroups(halves[1] ?? '');
  if (!head || !tail) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
};

/** Names that tcpdump prints without -n where the address has one meaning (IANA, 224.0.0.18). */
const KNOWN_NAMES = new Map([
  ['vrrp.mcast.net', '224.0.0.18'],
  ['vrrp.mcast.net.', '224.0.0.18'],
]);

/**
 * An address as a person or tcpdump wrote it, in the form the binary readers give: IPv6 through {@link formatIpv6},
 * `vrrp.mcast.net` as 224.0.0.18, other names as they are.
 */
export const canonicalAddress = (text: string): string => {
  const known = KNOWN_NAMES.get(text.toLowerCase());
  if (known !== undefined) return known;
  if (!text.includes(':')) return text;
  const bytes = parseIpv6(text);
  return bytes ? formatIpv6(bytes) : text;
};

/** Whether a text can be an address, or the name of a host (RFC 1123, with the underscore that people use, and zones of IPv6). */
export const isHost = (text: string): boolean => /^[\w.:%-]{1,255}$/.test(text);
