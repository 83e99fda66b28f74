import { describe, expect, it } from 'vitest';
import { compareAddresses } from '../../src/model/address-order.js';

describe('the order of addresses', () => {
  it.each([
    ['192.168.0.9', '192.168.0.10'],
    ['9.255.255.255', '10.0.0.0'],
    ['fe80::9', 'fe80::10'],
    ['fe80::205:8', 'fe80::205:9'],
  ])('has %s below %s', (lower, higher) => {
    expect([compareAddresses(lower, higher), compareAddresses(higher, lower)]).toEqual([-1, 1]);
    expect(compareAddresses(lower, lower)).toBe(0);
  });
});
