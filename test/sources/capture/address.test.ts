import fc from 'fast-check';
import { isIPv6, SocketAddress } from 'node:net';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, formatIpv6 } from '../../../src/sources/capture/address.js';

const bytesOf = (groups: readonly number[]): Uint8Array =>
  Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));

describe('formatIpv6', () => {
  it.each([
    [[0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], '2001:db8:0:1:1:1:1:1'],
    [[0x2001, 0, 0, 1, 0, 0, 0, 1], '2001:0:0:1::1'],
    [[0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], '2001:db8::1:0:0:1'],
    [[0, 0, 0, 0, 0, 0, 0, 0], '::'],
    [[0, 0, 0, 0, 0, 0, 0, 5], '::5'],
    [[0xfe80, 0, 0, 0, 0, 0, 0, 0], 'fe80::'],
    [[0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304], '::ffff:1.2.3.4'],
    [[0, 0, 0, 0, 0, 0, 0x0102, 0x0304], '::1.2.3.4'],
    [[0xfe80, 0, 0, 0, 0xabcd, 0xef, 0xa, 0x10], 'fe80::abcd:ef:a:10'],
  ])('%j as RFC 5952 and tcpdump print it: %s', (groups, text) => {
    expect(formatIpv6(bytesOf(groups))).toBe(text);
  });

  it('agrees with the system on every address', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = formatIpv6(bytesOf(groups));
        expect(isIPv6(text)).toBe(true);
        const full = groups.map((one) => one.toString(16)).join(':');
        expect(new SocketAddress({ address: full, family: 'ipv6' }).address).toBe(text);
        expect(canonicalAddress(full)).toBe(text);
        expect(canonicalAddress(text.toUpperCase())).toBe(text);
      }),
    );
  });
});

describe('canonicalAddress', () => {
  it.each([
    ['vrrp.mcast.net', '224.0.0.18'],
    ['FE80:0:0::1', 'fe80::1'],
    ['gw-a.example', 'gw-a.example'],
    ['10.0.0.91', '10.0.0.91'],
    ['not:an:address', 'not:an:address'],
    ['1::2::3', '1::2::3'],
    ['::1.2.3.999', '::1.2.3.999'],
  ])('%s is %s', (given, expected) => {
    expect(canonicalAddress(given)).toBe(expected);
  });
});
