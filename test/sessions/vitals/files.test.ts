import { mkdtempSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptFile } from '../../../src/sessions/vitals/kept-file.js';
import { LineWriter } from '../../../src/sessions/vitals/line-writer.js';
import { MachineCounters } from '../../../src/sessions/vitals/machine-counters.js';
import { parseOptions } from '../../../src/sessions/vitals/options.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('KeptFile', () => {
  it('is read from its beginning each time, however long', () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'one');
    const file = new KeptFile(path);
    expect(file.read()).toBe('one');
    const long = 'two '.repeat(60_000);
    appendFileSync(path, long);
    expect(file.read()).toBe(`one${long}`);
    file.close();
    expect(file.read()).toBeNull();
  });

  it('that is missing stays so', () => {
    const path = join(folder, 'a');
    const file = new KeptFile(path);
    expect(file.read()).toBeNull();
    writeFileSync(path, 'late');
    expect(file.read()).toBeNull();
    file.close();
  });
});

describe('LineWriter', () => {
  it('appends lines in order, and begins a new one behind a cut one', async () => {
    const path = join(folder, 'out');
    writeFileSync(path, 'whole\ncut');
    const writer = new LineWriter(path, (error) => {
      throw error;
    });
    for (let i = 0; i < 50; i++) writer.add(`line ${i}`);
    await writer.end(2_000);
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
    expect(readFileSync(path, 'utf8')).toBe(`whole\ncut\n${lines.join('')}`);
    expect(writer.dropped).toBe(0);
  });

  it('says when nothing can be written', async () => {
    expect(() => new LineWriter(join(folder, 'no/such'), () => undefined)).toThrow('ENOENT');
    const failed = new Promise<Error>((resolve) => {
      new LineWriter('/dev/full', resolve).add('x');
    });
    expect((await failed).message).toContain('ENOSPC');
  });
});

describe('MachineCounters', () => {
  it('leave out what the kernel does not have, and name it', () => {
    writeFileSync(join(folder, 'stat'), 'cpu  1 2 3 4\ncpu0 1 2 3 4 5 6 7 8\n');
    writeFileSync(join(folder, 'softirqs'), '  CPU0\n HI: 4\n');
    const machine = new MachineCounters(folder);
    expect(machine.sample(0)).toMatchObject({ cpu: { 0: { steal: 80_000_000 } }, softirqs: { 0: { HI: 4 } } });
    const missing = [
      'loadavg',
      'schedstat',
      'pressure/cpu',
      'pressure/io',
      'pressure/memory',
      'pressure/irq',
      'interrupts',
    ];
    expect(machine.missing).toEqual(missing.map((name) => `${folder}/${name}`));
    expect(Object.keys(machine.sample(2_000))).toEqual(['cpu']);
  });

  it('read the tables of interrupts once a second', () => {
    const soft = join(folder, 'softirqs');
    writeFileSync(soft, '  CPU0\n HI: 4\n');
    const machine = new MachineCounters(folder);
    machine.sample(0);
    writeFileSync(soft, '  CPU0\n HI: 5\n');
    expect(machine.sample(900)).toEqual({});
    expect(machine.sample(1_000)).toEqual({ softirqs: { 0: { HI: 5 } } });
  });
});

describe('options', () => {
  it('have an output and defaults', () => {
    expect(parseOptions(['--out', 'x'])).toEqual({
      out: 'x',
      everyMs: 100,
      sender: { netns: undefined, process: undefined },
      interfaces: [],
    });
    const all = '--out x --every 0.5s --netns n --process keepalived --interface a --interface b'.split(' ');
    expect(parseOptions(all)).toEqual({
      out: 'x',
      everyMs: 500,
      sender: { netns: 'n', process: 'keepalived' },
      interfaces: ['a', 'b'],
    });
  });

  it.each([
    [[]],
    [['--out', 'x', '--every', '1ms']],
    [['--out', 'x', '--every', 'soon']],
    [['--out', 'x', '--no']],
    [['x']],
  ])('are refused: %j', (args) => {
    expect(() => parseOptions(args)).toThrow(TypeError);
  });
});
