import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planSession } from '../../../src/sessions/plan/plan.js';
import { printPlan } from '../../../src/sessions/plan/print.js';
import { loadScript } from '../../../src/sessions/script/load.js';

const folder = join(import.meta.dirname, '../../../scripts/sessions');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the session scripts that are shipped', () => {
  it('are those the documents name', () => {
    expect(scripts.sort()).toEqual([
      'five-late.yaml',
      'io-scheduler.yaml',
      'lab.yaml',
      'overnight.yaml',
      'priority.yaml',
      'vhost-net.yaml',
    ]);
  });

  it.each(scripts)('can be planned as they are: %s', async (name) => {
    const plan = planSession(await loadScript(join(folder, name), new Map()), '/out');
    expect(printPlan(plan)).toContain('tcpdump -i ');
    expect(plan.script.about).not.toBe('');
  });
});
