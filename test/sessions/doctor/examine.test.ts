import { describe, expect, it } from 'vitest';
import { examine, thisMachine } from '../../../src/sessions/doctor/index.js';
import { renderExamination } from '../../../src/sessions/doctor/render.js';
import { ended, fakeMachine } from './fake-machine.js';

const BPFTRACE = { 'bpftrace --version': ended(0, 'bpftrace v0.20.0'), 'bpftrace -e': ended(0, '@: 7\n') };
const TCPDUMP = { 'tcpdump --version': ended(0, 'tcpdump version 4.99.3'), 'tcpdump -i lo': ended(0) };
const options = { folder: '.', senders: [], leftovers: 0 };

describe('an examination', () => {
  it.each([
    ['both', { ...BPFTRACE, ...TCPDUMP }, true, 'bpftrace'],
    ['no tracer', TCPDUMP, false, null],
    ['no tcpdump', BPFTRACE, false, 'bpftrace'],
  ])('says whether recording works: %s', async (_, commands, canRecord, tracer) => {
    expect(await examine(fakeMachine({ commands }), options)).toMatchObject({ canRecord, tracer });
  });

  it('counts a tracer as missing only where none records', async () => {
    const statuses = async (commands: Parameters<typeof fakeMachine>[0]['commands']) => {
      const { checks } = await examine(fakeMachine({ commands: commands ?? {} }), options);
      return checks.filter(({ name }) => /sysdig|bpftrace/.test(name)).map(({ status }) => status);
    };
    expect(await statuses(BPFTRACE)).toEqual(['note', 'note', 'ok']);
    expect(await statuses({})).toEqual(['missing', 'missing', 'missing']);
  });

  it('tells of recordings that were cut off', async () => {
    const { checks } = await examine(fakeMachine({ commands: {} }), { ...options, leftovers: 2 });
    expect(checks.at(-1)).toMatchObject({ name: 'recordings', status: 'note', fixes: ['whylate record --recover'] });
  });

  it('tries one tracer after the other', async () => {
    const machine = fakeMachine({ commands: { ...BPFTRACE, ...TCPDUMP } });
    await examine(machine, options);
    const trials = machine.asked.filter((line) => /^(?:sysdig|bpftrace)/.test(line));
    expect(trials.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'sysdig --version',
      'sysdig --version',
      'bpftrace --version',
      'bpftrace -e',
    ]);
  });

  it('is printed in columns, with what mends it below', () => {
    const examination = {
      canRecord: false,
      tracer: null,
      checks: [
        { name: 'node', status: 'ok', text: 'Node.js 20.19.0', fixes: [] },
        { name: 'bpftrace', status: 'missing', text: 'bad \u001b[31m', fixes: ['one', 'two'] },
      ],
    } as const;
    expect(renderExamination(examination, false)).toBe(
      [
        'ok       node      Node.js 20.19.0',
        'missing  bpftrace  bad \\x1b[31m',
        '                   → one',
        '                   → two',
        '',
        'Recording does not work here; → lines say what mends it.',
        '',
      ].join('\n'),
    );
    expect(renderExamination(examination, true)).toContain('\u001b[31mmissing  \u001b[39m');
  });
});

describe('an examination of this machine', () => {
  it('tries everything for real, in time, and gives a reason for each', async () => {
    const before = performance.now();
    const { checks, canRecord, tracer } = await examine(thisMachine(), { folder: '.', senders: [], leftovers: 0 });
    expect(performance.now() - before).toBeLessThan(25_000);
    const byName = new Map(checks.map((check) => [check.name, check]));
    expect([...byName.keys()]).toEqual(
      expect.arrayContaining([
        'node',
        'rights',
        'btf',
        'sysdig-modern-bpf',
        'sysdig-module',
        'bpftrace',
        'tcpdump',
        'folder',
      ]),
    );
    expect(byName.get('node')).toMatchObject({ status: 'ok', text: `Node.js ${process.versions.node}` });
    expect(byName.get('folder')?.text).toContain(process.cwd());
    expect(canRecord).toBe(tracer !== null && byName.get('tcpdump')?.status !== 'missing');
    for (const { text } of checks) expect(text).toMatch(/^\S.+$/);
    if (process.getuid?.() === 0) expect(byName.get('rights')?.text).toMatch(/root/);
  });
});
