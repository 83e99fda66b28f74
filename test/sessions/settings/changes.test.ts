import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyChange, prepareUndo, toChange, undoChange } from '../../../src/sessions/settings/changes.js';

const work = mkdtempSync(join(tmpdir(), 'settings-'));
const forever = new AbortController().signal;

describe('a setting', () => {
  it('that is a file is written and put back whole', async () => {
    const path = join(work, 'qemu-kvm');
    writeFileSync(path, 'VHOST_NET_ENABLED=0\n# a comment\n');
    const change = toChange({ file: path, value: 'VHOST_NET_ENABLED=1' });
    const undo = await prepareUndo(change);
    await applyChange(change, {}, forever);
    expect(readFileSync(path, 'utf8')).toBe('VHOST_NET_ENABLED=1\n');
    await undoChange(undo);
    expect(readFileSync(path, 'utf8')).toBe('VHOST_NET_ENABLED=0\n# a comment\n');
  });

  it('that was no file before is none afterwards', async () => {
    const path = join(work, 'new');
    const change = toChange({ file: path, value: 'x' });
    const undo = await prepareUndo(change);
    await applyChange(change, {}, forever);
    expect(existsSync(path)).toBe(true);
    await undoChange(undo);
    expect(existsSync(path)).toBe(false);
  });

  it('that is a sysctl is one of the kernel’s files', async () => {
    const change = toChange({ sysctl: 'vm.swappiness', value: '7' });
    expect(change).toMatchObject({ path: '/proc/sys/vm/swappiness' });
    expect(toChange({ sysctl: 'net/ipv4/conf/eth0.1/rp_filter', value: '0' })).toMatchObject({
      path: '/proc/sys/net/ipv4/conf/eth0.1/rp_filter',
    });
    const before = readFileSync('/proc/sys/vm/swappiness', 'utf8');
    const undo = await prepareUndo(change);
    await applyChange(change, {}, forever);
    expect(readFileSync('/proc/sys/vm/swappiness', 'utf8')).toBe('7\n');
    await undoChange(undo);
    expect(readFileSync('/proc/sys/vm/swappiness', 'utf8')).toBe(before);
  });

  it('with a choice in brackets is what stands in them', async () => {
    const path = '/sys/kernel/mm/transparent_hugepage/enabled';
    const choice = /\[(\w+)\]/.exec(readFileSync(path, 'utf8'))?.[1];
    const other = choice === 'never' ? 'madvise' : 'never';
    const change = toChange({ file: path, value: other });
    const undo = await prepareUndo(change);
    expect(undo).toMatchObject({ before: choice });
    await applyChange(change, {}, forever);
    expect(readFileSync(path, 'utf8')).toContain(`[${other}]`);
    await undoChange(undo);
    expect(readFileSync(path, 'utf8')).toContain(`[${choice ?? ''}]`);
  });

  it('that the kernel does not take, or does not know, is an error', async () => {
    const refused = applyChange(toChange({ sysctl: 'vm.swappiness', value: 'much' }), {}, forever);
    await expect(refused).rejects.toThrow('/proc/sys/vm/swappiness cannot be written (EINVAL)');
    await expect(prepareUndo(toChange({ sysctl: 'vm.no_such', value: '1' }))).rejects.toThrow(
      'cannot be read (ENOENT)',
    );
  });

  it('that is a pair of commands is applied by the one and undone by the other', async () => {
    const path = join(work, 'applied');
    const change = toChange({ apply: ['touch', path], restore: ['rm', path] });
    const undo = await prepareUndo(change);
    await applyChange(change, {}, forever);
    expect(existsSync(path)).toBe(true);
    await undoChange(undo);
    expect(existsSync(path)).toBe(false);
    await expect(undoChange(undo)).rejects.toThrow('failed with exit code 1');
    const failing = applyChange(toChange({ apply: ['false'], restore: ['true'] }), {}, forever);
    await expect(failing).rejects.toThrow("the setting 'false' failed with 1");
  });
});
