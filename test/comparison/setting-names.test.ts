import { describe, expect, it } from 'vitest';
import { findSetting } from '../../src/comparison/setting-names.js';

const NAMES = [
  'distribution.version',
  'host.qemu.0.vhost',
  'host.qemu_kvm.VHOST_NET_ENABLED',
  'kernel.release',
  'kernel.version',
  'label.arm',
  'vm.swappiness',
];

describe('the name of a setting', () => {
  it.each([
    ['kernel.release', 'kernel.release'],
    ['release', 'kernel.release'],
    ['qemu.VHOST_NET_ENABLED', 'host.qemu_kvm.VHOST_NET_ENABLED'],
    ['arm', 'label.arm'],
  ])('%s is %s', (typed, name) => {
    expect(findSetting(typed, NAMES)).toEqual({ kind: 'found', name });
  });

  it('may be the end of several', () => {
    expect(findSetting('version', NAMES)).toEqual({
      kind: 'ambiguous',
      names: ['distribution.version', 'kernel.version'],
    });
  });

  it('is not the middle of a word, nor the beginning of a name', () => {
    expect(findSetting('elease', NAMES).kind).toBe('unknown');
    expect(findSetting('vm', NAMES).kind).toBe('unknown');
    expect(findSetting('qemu.VHOST', NAMES)).toMatchObject({ kind: 'found' });
    expect(findSetting('kvm.VHOST_NET_ENABLED', NAMES).kind).toBe('unknown');
  });

  it('that is none has names that are near', () => {
    expect(findSetting('kernel.releas', NAMES)).toEqual({
      kind: 'unknown',
      near: ['kernel.release', 'kernel.version'],
    });
    expect(findSetting('x', NAMES)).toEqual({ kind: 'unknown', near: [] });
  });
});
