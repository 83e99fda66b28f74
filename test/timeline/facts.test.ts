import { describe, expect, it } from 'vitest';
import { controlFile, FactTable, readControlWrite, type Fact } from '../../src/timeline/facts.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { batchOf, type PlainRow } from './batches.js';

const V1 = '/sys/fs/cgroup/freezer/lab1208';
const V2 = '/sys/fs/cgroup/system.slice/keepalived.service';

describe('controlFile', () => {
  it.each([
    [`fd=3(<f>${V1}/freezer.state) size=6 `, { group: V1, file: 'freezer.state' }],
    [`fd=3(<f>${V2}/cgroup.freeze) size=2 `, { group: V2, file: 'cgroup.freeze' }],
    [`fd=1(<f>${V2}/cpu.max) size=12 `, { group: V2, file: 'cpu.max' }],
    [
      'fd=1(<f>/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us) size=5 ',
      { group: '/sys/fs/cgroup/cpu/a', file: 'cpu.cfs_quota_us' },
    ],
    [`fd=3(<f>${V1}/cgroup.procs) size=5 `, { group: V1, file: 'cgroup.procs' }],
    [`fd=3(<f>${V1}/tasks) size=5 `, { group: V1, file: 'tasks' }],
    [`fd=3(<f>${V1}/freezer.state.bak) size=5 `, null],
    ['fd=3(<f>/var/log/messages) size=5 ', null],
    ['fd=3 size=5 ', null],
    ['', null],
  ])('of %j', (info, control) => {
    expect(controlFile(info)).toEqual(control);
  });

  it('finds none inside a payload', () => {
    expect(controlFile(`res=60 data=echo FROZEN > ${V1}/freezer.state `)).toBeNull();
    expect(controlFile(`res=60 data=hunter2/hunter3/tasks `)).toBeNull();
  });
});

describe('readControlWrite', () => {
  it.each([
    ['freezer.state', 'res=6 data=FROZEN ', { kind: 'freeze', member: null }],
    ['freezer.state', 'res=7 data=FROZEN. ', { kind: 'freeze', member: null }],
    ['freezer.state', 'res=6 data=THAWED ', { kind: 'thaw', member: null }],
    ['freezer.state', 'res=6 data=MELTED ', null],
    ['cgroup.freeze', 'res=2 data=1. ', { kind: 'freeze', member: null }],
    ['cgroup.freeze', 'res=2 data=0. ', { kind: 'thaw', member: null }],
    ['cgroup.freeze', 'res=2 data= ', null],
    ['cpu.max', 'res=12 data=1000 100000. ', { kind: 'quota', member: null }],
    ['cpu.cfs_quota_us', 'res=5 data=1000. ', { kind: 'quota', member: null }],
    ['cgroup.procs', 'res=6 data=23611. ', { kind: 'join', member: 23611 }],
    ['cgroup.threads', 'res=5 data=23611 ', { kind: 'join', member: 23611 }],
    ['tasks', 'res=5 data=rubbish ', { kind: 'join', member: null }],
  ] as const)('%s with %j', (file, info, effect) => {
    expect(readControlWrite(file, info)).toEqual(effect);
  });
});

const writes = (path: string, data: string, result = data.length): PlainRow[] => [
  { time: 10, type: 'write', dir: '>', tid: 31208, comm: 'python3', info: `fd=3(<f>${path}) size=${data.length} ` },
  { time: 20, type: 'write', dir: '<', tid: 31208, comm: 'python3', info: `res=${result} data=${data} ` },
];

const factsOf = (rows: readonly PlainRow[]): readonly Fact[] => {
  const timeline = new Timeline(null);
  timeline.push(batchOf(rows));
  return timeline.end().facts.all;
};

const ACTOR = { tid: 31208, comm: 'python3' };

describe('facts of a trace', () => {
  it.each([
    [`${V1}/freezer.state`, 'FROZEN', { kind: 'freeze', group: V1, member: null }],
    [`${V1}/freezer.state`, 'THAWED', { kind: 'thaw', group: V1, member: null }],
    [`${V2}/cgroup.freeze`, '1.', { kind: 'freeze', group: V2, member: null }],
    [`${V2}/cgroup.freeze`, '0.', { kind: 'thaw', group: V2, member: null }],
    [`${V2}/cpu.max`, '1000 100000.', { kind: 'quota', group: V2, member: null }],
    [`${V1}/cgroup.procs`, '23611', { kind: 'join', group: V1, member: 23611 }],
  ])('a write to %s of %s', (path, data, effect) => {
    expect(factsOf(writes(path, data))).toMatchObject([{ ...effect, time: 20, actor: ACTOR }]);
  });

  it('are read from exits alone, where no enters are recorded', () => {
    const info = `res=6 data=FROZEN fd=3(<f>${V1}/freezer.state) size=6 `;
    const facts = factsOf([{ time: 20, type: 'write', dir: '<', tid: 31208, comm: 'python3', info }]);
    expect(facts).toMatchObject([{ kind: 'freeze', group: V1, actor: ACTOR }]);
  });

  it('are none where the write was refused', () => {
    const [enter, exit] = writes(`${V1}/freezer.state`, 'FROZEN');
    expect(factsOf([enter!, { ...exit!, info: 'res=-16(EBUSY) data=FROZEN ' }])).toEqual([]);
  });

  it('belong to the thread that wrote, not to one that writes meanwhile', () => {
    const [enter, exit] = writes(`${V1}/freezer.state`, 'FROZEN');
    const other: PlainRow[] = [
      { time: 12, type: 'write', dir: '>', tid: 7, comm: 'cat', info: 'fd=1(<f>/tmp/x) size=6 ' },
      { time: 14, type: 'write', dir: '<', tid: 7, comm: 'cat', info: 'res=6 data=FROZEN ' },
    ];
    expect(factsOf([enter!, ...other, exit!])).toMatchObject([{ kind: 'freeze', actor: ACTOR }]);
  });

  it('tell who sent which signal to whom, but for the probe that sends none', () => {
    const kill = (time: number, info: string): PlainRow => ({
      time,
      type: 'kill',
      dir: '>',
      tid: 23671,
      comm: 'bash',
      info,
    });
    const facts = factsOf([kill(5, 'pid=23611(keepalived) sig=19(SIGSTOP) '), kill(6, 'pid=23611(keepalived) sig=0 ')]);
    expect(facts).toMatchObject([
      { kind: 'kill', time: 5, signal: 'SIGSTOP', target: 23611, call: 'kill', actor: { tid: 23671, comm: 'bash' } },
    ]);
    expect(facts[0]?.witness.text).toBe('bash (23671) > kill pid=23611(keepalived) sig=19(SIGSTOP)');
  });

  it('tell who set the clock and who traced whom', () => {
    const facts = factsOf([
      { time: 5, type: 'clock_settime', dir: '<', tid: 9, comm: 'chronyd', info: '' },
      {
        time: 6,
        type: 'ptrace',
        dir: '>',
        tid: 10,
        comm: 'gdb',
        info: 'request=16(PTRACE_ATTACH) pid=23611(keepalived) ',
      },
    ]);
    expect(facts).toMatchObject([
      { kind: 'clock-set', actor: { tid: 9, comm: 'chronyd' } },
      { kind: 'ptrace', target: 23611, request: 'PTRACE_ATTACH' },
    ]);
  });
});

describe('FactTable', () => {
  const fact = (time: number): Fact => ({
    kind: 'clock-set',
    time,
    actor: { tid: 1, comm: 'x' },
    witness: { time: time as never, num: time, line: time, text: '' },
  });

  it('finds the facts of a stretch, both ends included', () => {
    const table = new FactTable();
    for (let time = 0; time < 10; time++) table.add(fact(time));
    expect(table.between(3, 5).map(({ time }) => time)).toEqual([3, 4, 5]);
  });

  it('forgets the oldest when there are too many, and says how many', () => {
    const table = new FactTable();
    for (let time = 0; time < 60_000; time++) table.add(fact(time));
    expect(table.all.length + table.forgotten).toBe(60_000);
    expect(table.all.at(-1)?.time).toBe(59_999);
    expect(table.all[0]?.time).toBe(table.forgotten);
  });
});
