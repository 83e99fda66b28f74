import { describe, expect, it } from 'vitest';
import { envCommand } from '../../src/cli/env.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { recordWorld } from './recorded-world.js';

const netns = envCommand.flags.find(({ name }) => name === 'netns')!;

describe('whylate env', () => {
  it('prints sorted JSON, and nothing else there', async () => {
    const world = recordWorld();
    expect(await envCommand.run(envCommand.start([]), world)).toBe(0);
    const environment = JSON.parse(world.written.stdout) as Record<string, unknown>;
    const names = Object.keys(environment);
    expect(names).toEqual([...names].sort());
    expect(environment).toHaveProperty(['kernel.release']);
    expect(environment).toHaveProperty(['environment.unread_count']);
    expect(world.written.stdout.endsWith('}\n')).toBe(true);
  });

  it('takes the name of a network namespace', () => {
    const low = envCommand.start([]);
    netns.update(low, 'blue', true);
    expect(low).toEqual({ netns: 'blue' });
  });

  it.each(['../x', '/run/netns/x', '..', ''])('refuses %j', (name) => {
    expect(() => {
      netns.update(envCommand.start([]), name, true);
    }).toThrow(UsageError);
  });

  it('says so where there is no such namespace', async () => {
    await expect(envCommand.run({ netns: 'whylate-none' }, recordWorld())).rejects.toThrow(
      /--netns 'whylate-none': there is no such namespace/,
    );
  });
});
