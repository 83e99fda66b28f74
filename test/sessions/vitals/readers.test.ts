import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllowedCpus, parseCpuList } from '../../../src/sessions/vitals/cpu-list.js';
import { parseCpuStat } from '../../../src/sessions/vitals/cpu-stat.js';
import { parseCpuTimes } from '../../../src/sessions/vitals/cpu-times.js';
import { cpuGroupFolders } from '../../../src/sessions/vitals/group-folders.js';
import { parseInterfaces } from '../../../src/sessions/vitals/interfaces.js';
import { parseInterrupts, parseSoftirqs } from '../../../src/sessions/vitals/interrupts.js';
import { parsePressure } from '../../../src/sessions/vitals/pressure.js';
import { parseQdiscs } from '../../../src/sessions/vitals/qdiscs.js';
import { parseLoad, parseQueueTimes } from '../../../src/sessions/vitals/run-queue.js';
import { parseSwitches, parseThreadStat, parseThreadTimes } from '../../../src/sessions/vitals/thread-counters.js';

describe('CPU times', () => {
  it('are ns by CPU, without the sum of all', () => {
    const text =
      'cpu  5375 7 4669 487631 1136 0 88 46 0 0\ncpu0 2242 7 1981 244993 158 3 10 23 0 0\ncpu11 1 2 3 4\nintr 381188 0 0\nctxt 1\n';
    const tick = 10_000_000;
    expect(parseCpuTimes(text)).toEqual({
      0: {
        user: 2242 * tick,
        nice: 7 * tick,
        system: 1981 * tick,
        idle: 244993 * tick,
        iowait: 158 * tick,
        irq: 3 * tick,
        softirq: 10 * tick,
        steal: 23 * tick,
      },
      11: {
        user: tick,
        nice: 2 * tick,
        system: 3 * tick,
        idle: 4 * tick,
        iowait: 0,
        irq: 0,
        softirq: 0,
        steal: 0,
      },
    });
  });
});

describe('the run queue', () => {
  it('is what loadavg counts', () => {
    expect(parseLoad('0.41 0.16 0.05 2/83 9124\n')).toEqual({ running: 2, total: 83 });
    expect(parseLoad('0.41')).toBeNull();
  });

  it('has times in schedstat from version 14 on', () => {
    const cpus =
      'timestamp 4295\ncpu0 1 0 3 4 5 6 700123456 80012 9\ndomain0 00000003 1 2\ncpu1 0 0 0 0 0 0 17 18 19\n';
    expect(parseQueueTimes(`version 15\n${cpus}`)).toEqual({
      0: { run_ns: 700123456, wait_ns: 80012 },
      1: { run_ns: 17, wait_ns: 18 },
    });
    expect(parseQueueTimes(`version 12\n${cpus}`)).toEqual({});
  });
});

describe('pressure', () => {
  it('is in ns, and `full` may be missing', () => {
    const some = 'some avg10=0.63 avg60=1.78 avg300=0.97 total=9301417\n';
    const full = 'full avg10=0.63 avg60=1.76 avg300=0.96 total=8899823\n';
    expect(parsePressure(some + full)).toEqual({ some: 9_301_417_000, full: 8_899_823_000 });
    expect(parsePressure(some)).toEqual({ some: 9_301_417_000 });
  });
});

describe('a thread', () => {
  const STAT =
    '8863 (a) (b) D 8861 8861 6686 0 -1 4194304 100 0 5 0 21 22 0 0 20 0 3 0 267270 3133440 360 18446744073709551615 1 1 1 0 0 0 0 0 0 0 0 0 17 6 0 0 0 0 0 94 94 94 140 140 140 140 0';

  it('has state, CPU, times and faults in stat', () => {
    expect(parseThreadStat(STAT)).toEqual({
      state: 'D',
      cpu: 6,
      user: 210_000_000,
      system: 220_000_000,
      major_faults: 5,
      threads: 3,
    });
    expect(parseThreadStat(STAT.slice(0, 60))).toBeNull();
  });

  it('has switches in status and ns in schedstat', () => {
    const status = 'Name:\tx\nMems_allowed_list:\t0\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n';
    expect(parseSwitches(status)).toEqual({ voluntary: 12, involuntary: 3 });
    expect(parseSwitches('Name:\tx\n')).toBeNull();
    expect(parseThreadTimes('672988 456828 3\n')).toEqual({ run_ns: 672988, wait_ns: 456828, timeslices: 3 });
    expect(parseThreadTimes('')).toBeNull();
  });
});

describe('cpu.stat', () => {
  it('counts ns in version 1 and us in version 2', () => {
    const counts = { nr_periods: 40, nr_throttled: 3 };
    expect(parseCpuStat('nr_periods 40\nnr_throttled 3\nthrottled_time 2100\nnr_bursts 0\n')).toEqual({
      ...counts,
      throttled_ns: 2100,
    });
    expect(
      parseCpuStat('usage_usec 9\nuser_usec 5\nnr_periods 40\nnr_throttled 3\nthrottled_usec 2100\nnr_bursts 0\n'),
    ).toEqual({ ...counts, throttled_ns: 2_100_000 });
    expect(parseCpuStat('usage_usec 123823405\nuser_usec 69822079\n')).toBeNull();
  });
});

describe('folders of control groups', () => {
  const V1 = '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n';
  const SET = '34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n';
  const V2 = '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n';

  it('go upwards in version 1 where it has the cpu controller', () => {
    expect(cpuGroupFolders({ v1: { cpu: '/a/b' }, v2: '/c' }, V2 + SET + V1)).toEqual([
      '/sys/fs/cgroup/cpu,cpuacct/a/b',
      '/sys/fs/cgroup/cpu,cpuacct/a',
      '/sys/fs/cgroup/cpu,cpuacct',
    ]);
    expect(cpuGroupFolders({ v1: { cpu: '/' }, v2: null }, V1)).toEqual(['/sys/fs/cgroup/cpu,cpuacct']);
  });

  it('are of version 2 otherwise', () => {
    expect(cpuGroupFolders({ v1: { freezer: '/x' }, v2: '/c' }, SET + V2)).toEqual([
      '/sys/fs/cgroup/unified/c',
      '/sys/fs/cgroup/unified',
    ]);
  });

  it('begin at a container’s own group, and end at what cannot be seen', () => {
    const inside = '41 31 0:38 /docker/1 /sys/fs/cgroup\\040x rw - cgroup2 cgroup rw\n';
    expect(cpuGroupFolders({ v1: {}, v2: '/docker/1/app' }, inside)).toEqual([
      '/sys/fs/cgroup x/app',
      '/sys/fs/cgroup x',
    ]);
    expect(cpuGroupFolders({ v1: {}, v2: '/../other' }, V2)).toEqual([]);
    expect(cpuGroupFolders({ v1: {}, v2: '/a' }, '')).toEqual([]);
  });
});

describe('interrupts', () => {
  it('are summed by CPU, but for those of no CPU', () => {
    const text = `           CPU0       CPU2       
 24:          1          0  IO-APIC   5-edge      ACPI:Ged
 33:         12      87052  PCI-MSIX  0-edge      virtio0
NMI:          3          4   Non-maskable interrupts
ERR:          9
MIS:          8
`;
    expect(parseInterrupts(text)).toEqual({ 0: 16, 2: 87056 });
    expect(parseInterrupts(`  CPU0\nLOC: 5 Local\nERR: 9\n`)).toEqual({ 0: 5 });
  });

  it('that are soft are told by kind', () => {
    const text = `                    CPU0       CPU1       
          HI:          0          0
      NET_RX:       3282       4353
`;
    expect(parseSoftirqs(text)).toEqual({ 0: { HI: 0, NET_RX: 3282 }, 1: { HI: 0, NET_RX: 4353 } });
  });
});

describe('interfaces', () => {
  const DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
eth0:1:     274    6178    1    2    0     0          0         0      456    3934    3    4    0     0       0          0
`;

  it('count packets, errors and drops both ways', () => {
    expect(parseInterfaces(DEV, new Set(['eth0:1', 'eth9']))).toEqual({
      'eth0:1': { rx_packets: 6178, rx_errors: 1, rx_dropped: 2, tx_packets: 3934, tx_errors: 3, tx_dropped: 4 },
    });
  });

  it('have queues: of the root, or of its children where it has none', () => {
    const row = (more: object): object => ({
      kind: 'fq_codel',
      qlen: 2,
      backlog: 300,
      drops: 4,
      overlimits: 5,
      ...more,
    });
    const text = JSON.stringify([
      row({ dev: 'eth0', root: true, requeues: 7 }),
      row({ dev: 'eth0', parent: ':1' }),
      row({ dev: 'eth0', kind: 'ingress', parent: 'ffff:fff1' }),
      row({ dev: 'eth1', parent: ':1' }),
      row({ dev: 'eth1', parent: ':2' }),
      row({ dev: 'eth2', root: true }),
    ]);
    expect(parseQdiscs(text, new Set(['eth0', 'eth1']))).toEqual({
      eth0: { qlen: 2, backlog: 300, drops: 4, overlimits: 5, requeues: 7 },
      eth1: { qlen: 4, backlog: 600, drops: 8, overlimits: 10, requeues: 0 },
    });
    expect(parseQdiscs('[{"dev":', new Set(['eth0']))).toEqual({});
  });
});

describe('CPU lists', () => {
  it('hold numbers and ranges', () => {
    expect(parseCpuList('0-2,8,10-11\n')).toEqual([0, 1, 2, 8, 10, 11]);
    expect(parseCpuList('')).toEqual([]);
    expect(parseAllowedCpus('Cpus_allowed:\t3\nCpus_allowed_list:\t0-1\n')).toEqual([0, 1]);
  });
});

describe('every reader', () => {
  it('takes any text, and cut ones', () => {
    const wanted = new Set(['eth0']);
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('cpu0 1 2', 'version 15', ' CPU0 CPU1', 'NET_RX: 1', '7 (x) S 1', 'eth0: 1'),
      ),
    );
    fc.assert(
      fc.property(lines, (parts) => {
        const text = parts.join('\n');
        for (const value of [
          parseCpuTimes(text),
          parseQueueTimes(text),
          parsePressure(text),
          parseInterrupts(text),
          parseSoftirqs(text),
          parseInterfaces(text, wanted),
          parseQdiscs(text, wanted),
          parseLoad(text),
          parseThreadStat(text),
          parseSwitches(text),
          parseThreadTimes(text),
          parseCpuStat(text),
        ]) {
          expect(JSON.stringify(value)).not.toContain(':null');
        }
        expect(cpuGroupFolders({ v1: {}, v2: '/a' }, text)).toEqual([]);
      }),
    );
  });
});
