import { release } from 'node:os';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/sessions/environment/index.js';
import type { Run } from '../../../src/sessions/environment/machine.js';
import { readCommand } from '../../../src/sessions/environment/read-command.js';
import { makeTree } from './fake-tree.js';

const STAT = (policy: number, priority: number) =>
  `42 (keep) alived) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 -51 -5 2 0 100 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 17 0 ${priority} ${policy} 0 0 0\n`;

const SENDER: Readonly<Record<string, string>> = {
  '/proc/42/stat': STAT(2, 50),
  '/proc/42/comm': 'keepalived\n',
  '/proc/42/status': 'Name:\tx\nVmLck:\t  512 kB\nVmRSS:\t 1024 kB\nVmSwap:\t 0 kB\nCpus_allowed_list:\t0,2-3\n',
  '/proc/42/limits':
    'Limit                     Soft Limit           Hard Limit           Units     \nMax locked memory         65536                65536                bytes     \nMax realtime priority     99                   99                            \nMax realtime timeout      10000                unlimited            us        \n',
  '/proc/42/oom_score_adj': '-1000\n',
};

describe('a snapshot of a small tree', () => {
  it('has little where there is little, and names what could not be told', async () => {
    expect(await readEnvironment({ root: makeTree({}) })).toEqual({
      'environment.unread':
        'keepalived.version (no keepalived), kernel.hz (neither /proc/config.gz nor /boot/config), net.core (sysctls of the network namespace), net.kind (no ip), net.qdisc (no tc), scheduler.features (debugfs not mounted), time_sync.synchronised (no timedatectl)',
      'environment.unread_count': 7,
      'host.qemu_count': 0,
      'host.vhost_net_loaded': false,
      'kernel.cmdline_init_arguments_count': 0,
      'sender.running': false,
      'time_sync.daemons': 'none',
      'virtualisation.kind': 'none',
    });
  });

  it('has the kernel, its configuration and command line', async () => {
    const root = makeTree({
      '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
      '/proc/sys/kernel/version': '#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1\n',
      '/proc/cmdline': 'quiet password=x preempt=full mod.par=3 nohz_full=1-3\n',
      '/boot/config-6.1.0-18-amd64': '# comment\nCONFIG_HZ_250=y\nCONFIG_HZ=250\nCONFIG_PREEMPT_DYNAMIC=y\n',
      '/etc/os-release': 'NAME="Debian"\nVERSION_ID="12"\nID=debian\n',
      '/sys/kernel/debug/sched/features': 'GENTLE_FAIR_SLEEPERS NO_HRTICK\n',
      '/sys/kernel/debug/sched/preempt': 'none voluntary (full)\n',
      '/proc/sys/kernel/sched_rt_runtime_us': '950000\n',
      '/sys/devices/system/cpu/nohz_full': '(null)\n',
      '/sys/devices/system/cpu/isolated': '1-3\n',
    });
    const environment = await readEnvironment({ root });
    expect(environment).toMatchObject({
      'kernel.release': '6.1.0-18-amd64',
      'kernel.hz': 250,
      'kernel.config.preempt_dynamic': true,
      'kernel.cmdline.password': '(withheld)',
      'kernel.cmdline.mod.par': 3,
      'kernel.cmdline.nohz_full': '1-3',
      'distribution.id': 'debian',
      'distribution.version': '12',
      'scheduler.features': 'GENTLE_FAIR_SLEEPERS NO_HRTICK',
      'scheduler.preemption': 'full',
      'scheduler.sched_rt_runtime_us': 950000,
      'scheduler.nohz_full_cpus': '',
      'scheduler.isolated_cpus': '1-3',
    });
  });

  it.each([
    ['#1 SMP PREEMPT_RT', 'rt'],
    ['#1 SMP PREEMPT_DYNAMIC', 'dynamic, mode unknown'],
    ['#1 SMP PREEMPT', 'full'],
    ['#1 SMP', 'none or voluntary'],
  ])('tells the preemption model by the version %s', async (version, model) => {
    const root = makeTree({ '/proc/sys/kernel/version': version, '/proc/cmdline': '' });
    expect(await readEnvironment({ root })).toHaveProperty(['scheduler.preemption'], model);
  });

  it('reads a compressed configuration', async () => {
    const root = makeTree({ '/proc/config.gz': '' });
    writeFileSync(join(root, '/proc/config.gz'), gzipSync('CONFIG_HZ=1000\n'));
    expect(await readEnvironment({ root })).toHaveProperty(['kernel.hz'], 1000);
  });

  it('has processors, memory, disks and mounts', async () => {
    const root = makeTree({
      '/sys/devices/system/cpu/online': '0-1,4\n',
      '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'performance\n',
      '/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor': 'powersave\n',
      '/sys/devices/system/cpu/cpu0/cpuidle/state0/name': 'POLL\n',
      '/sys/devices/system/cpu/cpu0/cpuidle/state0/latency': '0\n',
      '/sys/devices/system/cpu/cpu0/cpuidle/state1/name': 'C6\n',
      '/sys/devices/system/cpu/cpu0/cpuidle/state1/latency': '133\n',
      '/sys/devices/system/cpu/cpu0/cpuidle/state1/disable': '1\n',
      '/proc/cpuinfo': 'processor : 0\nmodel name\t: Xeon\nflags\t\t: fpu hypervisor\n',
      '/proc/meminfo': 'MemTotal:        2048 kB\nSwapTotal:          0 kB\n',
      '/proc/sys/vm/dirty_expire_centisecs': '3000\n',
      '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
      '/sys/block/vda/queue/scheduler': '[none] mq-deadline\n',
      '/sys/block/vda/queue/rotational': '0\n',
      '/sys/block/vda/queue/write_cache': 'write back\n',
      '/sys/block/loop0/queue/scheduler': '[none]\n',
      '/proc/mounts': '/dev/vda1 / ext4 rw,sync,data=ordered 0 0\n/dev/vdb /var/log xfs rw 0 0\n',
    });
    expect(await readEnvironment({ root })).toMatchObject({
      'cpu.count': 3,
      'cpu.model': 'Xeon',
      'cpu.governor': 'performance, powersave',
      'cpuidle.states': 'POLL 0 us, C6 133 us (disabled)',
      'memory.total_bytes': 2097152,
      'memory.swap_total_bytes': 0,
      'vm.dirty_expire_cs': 3000,
      'thp.enabled': 'madvise',
      'io.vda.scheduler': 'none',
      'io.vda.rotational': false,
      'io.vda.write_cache': 'write back',
      'mount.root.sync': true,
      'mount.root.data': 'ordered',
      'mount.var_log.filesystem': 'xfs',
      'virtualisation.kind': 'unknown hypervisor',
    });
    expect(Object.keys(await readEnvironment({ root })).filter((name) => name.includes('loop'))).toEqual([]);
  });

  it('has the sender, and the tightest quota of its control groups, version 2', async () => {
    const group = '/sys/fs/cgroup/system.slice';
    const root = makeTree({
      ...SENDER,
      '/proc/42/cgroup': '0::/system.slice/keepalived.service\n',
      '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      [`${group}/cpu.max`]: '20000 100000\n',
      [`${group}/memory.max`]: '1000\n',
      [`${group}/keepalived.service/cpu.max`]: '50000 100000\n',
      [`${group}/keepalived.service/cpu.weight`]: '100\n',
      [`${group}/keepalived.service/memory.max`]: 'max\n',
    });
    expect(await readEnvironment({ root, sender: { pid: 42 } })).toMatchObject({
      'sender.running': true,
      'sender.name': 'keepalived',
      'sender.sched.policy': 'rr',
      'sender.sched.rt_priority': 50,
      'sender.sched.nice': -5,
      'sender.sched.cpu_affinity': '0,2-3',
      'sender.threads_count': 2,
      'sender.memory.locked': true,
      'sender.memory.locked_bytes': 524288,
      'sender.oom_score_adj': -1000,
      'sender.rlimit.memlock_bytes': 65536,
      'sender.rlimit.rtprio': 99,
      'sender.rlimit.rttime_us': 10000,
      'sender.cgroup.path': '/system.slice/keepalived.service',
      'sender.cgroup.cpu_quota_limited': true,
      'sender.cgroup.cpu_quota_us': 20000,
      'sender.cgroup.cpu_period_us': 100000,
      'sender.cgroup.cpu_quota_levels_up': 1,
      'sender.cgroup.cpu_weight': 100,
      'sender.cgroup.memory_max_bytes': 1000,
    });
  });

  it('the same in version 1, in a container that sees a part of the tree', async () => {
    const root = makeTree({
      ...SENDER,
      '/proc/42/stat': STAT(0, 0),
      '/proc/42/cgroup': '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc/x\n0::/\n',
      '/proc/self/mountinfo': [
        '31 30 0:27 /docker/abc /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct',
        '32 30 0:28 /docker/abc /cg/memory rw - cgroup cgroup rw,memory',
        '33 30 0:29 / /cg/unified rw - cgroup2 cgroup2 rw',
      ].join('\n'),
      '/cg/cpu/x/cpu.cfs_quota_us': '-1\n',
      '/cg/cpu/x/cpu.cfs_period_us': '100000\n',
      '/cg/cpu/x/cpu.shares': '512\n',
      '/cg/memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    const environment = await readEnvironment({ root, sender: { pid: 42 } });
    expect(environment).toMatchObject({
      'sender.sched.policy': 'other',
      'sender.cgroup.cpu_quota_limited': false,
      'sender.cgroup.cpu_shares': 512,
      'sender.cgroup.cpu_path': '/docker/abc/x',
    });
    expect(environment).not.toHaveProperty(['sender.cgroup.memory_max_bytes']);
  });

  it('has the configuration the sender was started with, in the folder it was started in', async () => {
    const root = makeTree({
      ...SENDER,
      '/proc/42/cmdline': 'keepalived\0-f\0lb.conf\0-i\0main\0-D\0',
      '/proc/42/cwd': '-> /srv',
      '/proc/42/root': '-> /',
      '/srv/lb.conf': '@main router_a 1\n@other router_b 1\n',
      '/etc/keepalived/keepalived.conf': 'router_c 1\n',
    });
    const environment = await readEnvironment({ root, sender: { pid: 42 } });
    expect(environment).toMatchObject({
      'keepalived.router_a': 1,
      'keepalived.option.log_detail': true,
      'keepalived.option.log_file': false,
    });
    expect(environment).not.toHaveProperty(['keepalived.router_b']);
    expect(environment).not.toHaveProperty(['keepalived.router_c']);
  });

  it('has virtio devices, the host’s QEMU and KVM, and hides what they are called', async () => {
    const root = makeTree({
      '/sys/bus/virtio/devices/virtio0/device': '0x0001\n',
      '/sys/bus/virtio/devices/virtio0/features': `${'0'.repeat(22)}1${'0'.repeat(6)}1${'0'.repeat(34)}\n`,
      '/proc/7/comm': 'qemu-system-x86\n',
      '/proc/7/cmdline': 'qemu-system-x86_64\0-name\0secretname\0-netdev\0tap,id=n0\0-smp\x002\0',
      '/etc/default/qemu-kvm':
        '# VHOST_NET_ENABLED=7\nVHOST_NET_ENABLED=0\nKSM_ENABLED="AUTO"\nVNC_PASSWORD=secretname\n',
      '/sys/module/kvm/parameters/halt_poll_ns': '200000\n',
      '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
    });
    const environment = await readEnvironment({ root });
    expect(environment).toMatchObject({
      'virtio.virtio0.kind': 'net',
      'virtio.virtio0.features': '22 29',
      'virtio.virtio0.feature_multi_queue': true,
      'virtio.virtio0.feature_event_index': true,
      'virtio.virtio0.feature_ring_packed': false,
      'host.qemu_count': 1,
      'host.qemu.0.netdev.0.vhost': 'off',
      'host.qemu.0.smp.cpus': 2,
      'host.qemu_kvm.VHOST_NET_ENABLED': 0,
      'host.qemu_kvm.KSM_ENABLED': 'AUTO',
      'host.kvm.halt_poll_ns': 200000,
      'virtualisation.kind': 'kvm',
    });
    expect(environment['environment.unread']).toContain('host.qemu_kvm.VNC_PASSWORD (withheld)');
    expect(JSON.stringify(environment)).not.toContain('secretname');
  });

  it('makes control characters visible and names what is there but cannot be read', async () => {
    const root = makeTree({
      '/proc/sys/kernel/osrelease': '6\u001b[31m\u202e1\n',
      '/proc/meminfo/is/a/folder': '',
    });
    const environment = await readEnvironment({ root });
    expect(environment['kernel.release']).toBe('6\\x1b[31m\\u{202e}1');
    expect(environment['environment.unread']).toContain('memory.total_bytes (failed)');
  });
});

const answer = (stdout: string): Awaited<ReturnType<Run>> => ({ kind: 'ended', code: 0, stdout, stderr: '' });

describe('what commands tell', () => {
  const run: Run = (command, args) => {
    const line = [command, ...args].join(' ').replace(/^nsenter --net=\S+ -- /, '');
    if (line === 'ip -j -d link show')
      return Promise.resolve(
        answer(
          '[{"ifname":"lo"},{"ifname":"eth0","mtu":1400,"operstate":"UP","txqlen":1000,"num_tx_queues":2,"num_rx_queues":4,"linkinfo":{"info_kind":"veth"}}]',
        ),
      );
    if (line === 'tc -j qdisc')
      return Promise.resolve(
        answer('[{"kind":"fq_codel","dev":"eth0","parent":":1"},{"kind":"mq","dev":"eth0","root":true}]'),
      );
    if (line === 'ethtool --version') return Promise.resolve(answer('ethtool version 6.1'));
    if (line === 'ethtool -k eth0')
      return Promise.resolve(
        answer(
          'Features for eth0:\ngeneric-receive-offload: on\n\ttx-tcp: off [fixed]\ntcp-segmentation-offload: off\n',
        ),
      );
    if (line === 'ethtool -c eth0')
      return Promise.resolve(answer('Coalesce parameters for eth0:\nrx-usecs: 64\ntx-usecs: n/a\n'));
    if (line === 'keepalived --version')
      return Promise.resolve({ kind: 'ended', code: 0, stdout: '', stderr: 'Keepalived v1.2.7 (08/14,2013)\n' });
    if (line === 'timedatectl show') return Promise.resolve(answer('NTP=yes\nNTPSynchronized=no\n'));
    if (line === 'systemd-detect-virt --vm') return Promise.resolve(answer('vmware\n'));
    if (line.startsWith('grep ')) return Promise.resolve(answer('/proc/sys/net/core/rmem_max:7\n'));
    return Promise.resolve({ kind: 'missing' });
  };

  it('is taken over', async () => {
    const root = makeTree({
      '/sys/class/net/eth0/device/driver': '-> ../../bus/pci/drivers/virtio_net',
      '/proc/sys/net/core/rmem_max': '212992\n',
      '/proc/sys/net/ipv4/conf/eth0/rp_filter': '2\n',
    });
    expect(await readEnvironment({ root, run })).toMatchObject({
      'net.eth0.kind': 'veth',
      'net.eth0.mtu_bytes': 1400,
      'net.eth0.tx_queues': 2,
      'net.eth0.rx_queues': 4,
      'net.eth0.qdisc': 'mq, fq_codel',
      'net.eth0.driver': 'virtio_net',
      'net.eth0.offload_gro': true,
      'net.eth0.offload_tso': false,
      'net.eth0.rx_coalesce_us': 64,
      'net.core.rmem_max_bytes': 212992,
      'net.ipv4.conf.eth0.rp_filter': 2,
      'keepalived.version': '1.2.7',
      'time_sync.ntp_enabled': true,
      'time_sync.synchronised': false,
      'virtualisation.kind': 'vmware',
    });
  });

  it('is asked inside the namespace of the sender where that is another', async () => {
    const root = makeTree({
      ...SENDER,
      '/proc/42/ns/net': '-> net:[2]',
      '/proc/self/ns/net': '-> net:[1]',
      '/proc/sys/net/core/rmem_max': '212992\n',
      '/sys/class/net/eth0/device/driver': '-> ../../bus/pci/drivers/virtio_net',
    });
    const environment = await readEnvironment({ root, run, sender: { pid: 42 } });
    expect(environment['net.core.rmem_max_bytes']).toBe(7);
    expect(environment['net.eth0.mtu_bytes']).toBe(1400);
    // sysfs shows the namespace it was mounted in: its eth0 is another.
    expect(environment).not.toHaveProperty(['net.eth0.driver']);
  });

  it('is for the interfaces that were asked for, and missing ones are named', async () => {
    const environment = await readEnvironment({ root: makeTree({}), run, interfaces: ['lo', 'eth9'] });
    expect(Object.keys(environment).filter((name) => /^net\.(?!core|ipv4)/.test(name))).toEqual([]);
    expect(environment['environment.unread']).toContain('net.eth9 (no such interface)');
  });
});

describe('a snapshot of this machine', () => {
  it('is taken in less than 2 s, sorted, and flat', async () => {
    const before = performance.now();
    const environment = await readEnvironment({ sender: { pid: process.pid } });
    expect(performance.now() - before).toBeLessThan(2000);
    const names = Object.keys(environment);
    expect(names).toEqual([...names].sort());
    expect(names.length).toBeGreaterThan(60);
    expect(Object.values(environment).every((value) => ['string', 'number', 'boolean'].includes(typeof value))).toBe(
      true,
    );
    expect(environment).toMatchObject({ 'kernel.release': release(), 'sender.running': true });
    expect(environment['memory.total_bytes']).toBeGreaterThan(1e8);
    expect(environment['sender.sched.cpu_affinity']).toMatch(/^\d/);
  });

  it.skipIf(process.getuid?.() !== 0)('looks into a network namespace', async () => {
    const name = `whylate-env-${String(process.pid)}`;
    const ip = async (...args: string[]) => {
      expect(await readCommand('ip', args)).toMatchObject({ kind: 'ended', code: 0, stderr: '' });
    };
    await ip('netns', 'add', name);
    try {
      await ip('-n', name, 'link', 'add', 'late0', 'mtu', '1234', 'type', 'veth');
      await ip('netns', 'exec', name, 'sysctl', '-qw', 'net.ipv4.conf.late0.arp_ignore=3');
      const environment = await readEnvironment({ namespace: `/run/netns/${name}` });
      expect(environment).toMatchObject({
        'net.late0.kind': 'veth',
        'net.late0.mtu_bytes': 1234,
        'net.ipv4.conf.late0.arp_ignore': 3,
      });
      expect(environment).not.toHaveProperty(['net.eth0.mtu_bytes']);
    } finally {
      await ip('netns', 'del', name);
    }
  });
});
