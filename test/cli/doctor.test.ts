import { describe, expect, it } from 'vitest';
import { doctorCommand } from '../../src/cli/doctor.js';
import { recordWorld } from './recorded-world.js';

const start = (given: Record<string, string>) => {
  const low = doctorCommand.start([]);
  for (const [name, value] of Object.entries(given)) {
    doctorCommand.flags.find((flag) => flag.name === name)!.update(low, value, true);
  }
  return low;
};

describe('whylate doctor', () => {
  it('prints a line for each check, and says by its exit code whether recording works', async () => {
    const world = recordWorld();
    const code = await doctorCommand.run(start({}), world);
    expect(world.written.stdout).toMatch(/^(?:(?:ok|note|missing) +\S.*\n|\s+→ .*\n)+\nRecording .*\n$/);
    expect(code).toBe(/^Recording works/m.test(world.written.stdout) ? 0 : 3);
  });

  it('prints the same as JSON', async () => {
    const world = recordWorld({ stdout: { isTTY: true } });
    const code = await doctorCommand.run(start({ json: '', folder: '/nowhere/at/all' }), world);
    const { canRecord, checks } = JSON.parse(world.written.stdout) as { canRecord: boolean; checks: object[] };
    expect(code).toBe(canRecord ? 0 : 3);
    expect(checks).toContainEqual({
      name: 'folder',
      status: 'missing',
      text: '/nowhere/at/all does not exist',
      fixes: ['mkdir -p /nowhere/at/all'],
    });
  });

  it('has colours on a terminal only, and not where they are unwanted', async () => {
    const colored = async (env: Record<string, string>) => {
      const world = recordWorld({ stdout: { isTTY: true }, env });
      await doctorCommand.run(start({}), world);
      return world.written.stdout.includes('\u001b[');
    };
    expect(await colored({})).toBe(true);
    expect(await colored({ NO_COLOR: '1' })).toBe(false);
  });
});
