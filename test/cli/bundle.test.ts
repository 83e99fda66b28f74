import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleCommand } from '../../src/cli/bundle.js';
import { InputError } from '../../src/model/input-error.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { recordWorld } from './recorded-world.js';

const TRACES = fileURLToPath(new URL('../../traces', import.meta.url));

let work: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'bundle-command-'));
});

afterEach(() => rm(work, { recursive: true, force: true }));

const start = (folder: string) => ({ ...bundleCommand.start([folder]), out: join(work, 'x.tar.gz') });

describe('whylate bundle', () => {
  it('prints where the archive is, and on stderr what was removed', async () => {
    await cp(join(TRACES, 'sigstop'), join(work, 'session'), { recursive: true });
    const world = recordWorld({ env: { SOURCE_DATE_EPOCH: '1700000000' } });
    expect(await bundleCommand.run(start(join(work, 'session')), world)).toBe(0);
    expect(world.written.stdout).toBe(`${join(work, 'x.tar.gz')}\n`);
    expect(world.written.stderr).toContain('whylate: removed: capture.sender.pcap: 16 x VRRP authentication data\n');
    const read = (name: string): string =>
      execFileSync('tar', ['xzOf', join(work, 'x.tar.gz'), `whylate-bundle-session/${name}`], { encoding: 'utf8' });
    expect(read('ticket.md')).toMatch(/^\*\*2 of 16 advertisements late/);
    expect(read('keepalived.txt')).toContain('version when it was recorded: 2.2.7');
    expect(JSON.parse(read('answer.json'))).toMatchObject({ schemaVersion: 1 });
    expect(read('answer.json')).not.toContain(work);
    expect(read('ticket.md')).not.toContain(work);
  });

  it('takes the flags', () => {
    const low = bundleCommand.start(['a']);
    for (const { name, update } of bundleCommand.flags) update(low, name === 'out' ? 'b.tar.gz' : '', true);
    expect(low).toEqual({ operands: ['a'], out: 'b.tar.gz', withTrace: true });
  });

  it('refuses what it cannot do', async () => {
    await expect(bundleCommand.run(bundleCommand.start([]), recordWorld())).rejects.toThrow(UsageError);
    await expect(bundleCommand.run(bundleCommand.start(['a', 'b']), recordWorld())).rejects.toThrow(UsageError);
    await expect(bundleCommand.run(start(join(work, 'none')), recordWorld())).rejects.toThrow(InputError);
    const world = recordWorld({ env: { SOURCE_DATE_EPOCH: 'yesterday' } });
    await expect(bundleCommand.run(start(work), world)).rejects.toThrow(UsageError);
  });

  it('ends at a signal and leaves nothing', async () => {
    await cp(join(TRACES, 'sigstop'), join(work, 'session'), { recursive: true });
    const world = recordWorld();
    const run = bundleCommand.run(start(join(work, 'session')), world);
    setTimeout(() => {
      world.send(143);
    }, 20);
    expect([143, 0]).toContain(await run);
    expect((await readdir(work)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
