import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../src/sessions/environment/read-command.js';

/** A process that ended and was not yet asked for is none any more. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

describe('readCommand', () => {
  it('gives both outputs and the exit code, without a shell', async () => {
    expect(await readCommand('sh', ['-c', 'echo "$0"; echo b >&2; exit 3', '$(id)'])).toEqual({
      kind: 'ended',
      code: 3,
      stdout: '$(id)\n',
      stderr: 'b\n',
    });
  });

  it('tells a command that is missing from one that cannot be started', async () => {
    expect(await readCommand('whylate-no-such-command', [])).toEqual({ kind: 'missing' });
    expect(await readCommand('/etc/passwd', [])).toEqual({ kind: 'refused', why: 'EACCES' });
  });

  it('ends a command at its time limit, its children too', async () => {
    const before = Date.now();
    const outcome = await readCommand('sh', ['-c', 'trap "" TERM; sleep 60 & echo $!; wait; wait'], { timeoutMs: 200 });
    expect(outcome.kind).toBe('timeout');
    expect(Date.now() - before).toBeLessThan(5000);
    const child = Number(outcome.kind === 'timeout' ? outcome.stdout : '');
    expect(child).toBeGreaterThan(1);
    for (let round = 0; round < 50 && isAlive(child); round++) await sleep(20);
    expect(isAlive(child)).toBe(false);
  });

  it('does not wait for ever for a process that left the group and holds the pipe', async () => {
    const before = Date.now();
    const outcome = await readCommand('setsid', ['--fork', 'sleep', '4'], { timeoutMs: 200 });
    expect(outcome.kind).toBe('timeout');
    expect(Date.now() - before).toBeLessThan(3500);
  });

  it('keeps 1 MiB of a command that prints without end', async () => {
    const outcome = await readCommand('yes', [], { timeoutMs: 300 });
    expect(outcome.kind === 'timeout' ? outcome.stdout.length : 0).toBe(1024 * 1024);
  });
});
