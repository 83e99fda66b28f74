import type { Cause } from '../model/answer.js';
import type { Piece } from './piece.js';
import type { Verdict } from './verdict.js';

const RECORD_ALL =
  'Record without a filter that drops the sender’s own calls or `switch`: sysdig --modern-bpf --cpus-for-each-buffer 1 -v -w trace.scap, then sysdig -r trace.scap -j.';

/** An idle CPU without ticks records nothing either. */
const RECORD_VITALS =
  'The length is a limit: an idle CPU without ticks is silent, too. Record steal and a heartbeat on every CPU (vitals.ndjson) beside the trace to settle it.';

const ONE_BUFFER_PER_CPU =
  'CPUs shared ring buffers in this trace, so one CPU that stood still does not show: record with sysdig --modern-bpf --cpus-for-each-buffer 1.';

/** What to do about a cause; what to record where it could not be told. */
const ADVICE: Record<Cause, readonly string[]> = {
  'blocked-syscall': [
    'Keep what the sender writes to off slow or remote storage and sockets that can fill up: log through a local, asynchronous logger, or keepalived --log-file on tmpfs.',
    'Look at who serves that file or socket at the time (its reader, the file system, the disk).',
  ],
  'sender-busy': [
    'Find what keeps the sender computing (many addresses or routes at once, scripts, state dumps) and spread it out (vrrp_garp_interval, fewer instances per process).',
  ],
  'send-failed': [
    'Read the errno: EPERM is a firewall or connection tracking on output, ENOBUFS a full queue, ENETDOWN or ENODEV the interface. Allow IP protocol 112 out.',
  ],
  'sender-restart': [
    'Find who ends or reloads it: service manager, package upgrade, watchdog, memory limit, RLIMIT_RTTIME.',
  ],
  'cpu-contention': [
    'Give the sender a real-time priority (keepalived: vrrp_rt_priority) or its own CPU (vrrp_cpu_affinity), and take the named process off that CPU or lower its priority.',
  ],
  'cpu-throttled': [
    'Raise or remove the CPU quota of the sender’s control group (cpu.max; systemd: CPUQuota=), or move the sender out of it; cpu.stat counts nr_throttled.',
  ],
  stopped: [
    'Keep whoever did it from stopping the sender (debugger, container pause, snapshot agent, job control), or make it fail over first.',
  ],
  paging: [
    'Lock the sender in memory (keepalived: vrrp_no_swap) and find what pushes it out (memory limit, swap, page cache pressure).',
  ],
  'timer-late': [
    'Check the clock source, the CPU’s idle states and timer slack; record steal time and a heartbeat per CPU to rule the host out.',
  ],
  'transmit-delay': [
    'Look at the queueing discipline and drops of the sending interface: tc -s qdisc show dev IFACE, ethtool -S IFACE.',
  ],
  'vcpu-stall': [
    'Look at the host at that time: CPU overcommitment, steal, a pinned emulator thread, live migration, a snapshot.',
    'Capture on the tap as well to measure from outside.',
  ],
  'vm-paused': ['Look in the host’s log for a pause, snapshot or migration at that time.'],
  'egress-delay': [
    'Look at the virtual NIC’s back end on the host (vhost-net on or off, its thread’s CPU, tap queue).',
  ],
  'rearmed-by-packet': [
    'Find the other sender with this virtual router id and give it another id, or the right password; each of its packets makes keepalived arm its timer anew.',
  ],
  'path-delay': ['Look at what lies between the two capture points: queues, policing, a loaded bridge or host.'],
  'path-loss': ['Look at what lies between the two capture points: drops, IGMP snooping, filters, storm control.'],
  'insufficient-evidence': [],
};

const TO_RECORD: Partial<Record<NonNullable<Piece['reason']>, string>> = {
  'no-switch-events': RECORD_ALL,
  'missing-calls': RECORD_ALL,
  'broken-chain':
    'Record with one ring buffer per CPU (sysdig --modern-bpf --cpus-for-each-buffer 1), to a file (-w) on a fast disk, so that the recorder keeps up.',
  'lost-events':
    'Record again to a file (sysdig -v -w trace.scap) on a fast disk, so that the recorder keeps up and its closing statistics tell what was dropped.',
  'capture-dropped': 'Capture again with a larger buffer, so that tcpdump drops nothing: tcpdump -U -B 10000 -w FILE.',
  'capture-unsure':
    'Capture with a larger buffer and keep what tcpdump prints at the end (tcpdump -U -B 10000 -w FILE 2> FILE.stats.txt), so that a loss on the way can be told from one in the capture.',
  'ids-missing':
    'Record inside the sending VM (sysdig --modern-bpf --cpus-for-each-buffer 1 -v -w trace.scap) to see whether the kernel took them, and capture with a larger buffer (tcpdump -U -B 10000 -w FILE).',
  'no-trace':
    'Record inside the sending VM: sysdig --modern-bpf --cpus-for-each-buffer 1 -v -w trace.scap, together with tcpdump -U -B 10000 on its interface.',
  'not-covered':
    'Let the recordings overlap and add a capture on the sender’s own interface: tcpdump -U -B 10000 -i IFACE -w capture.sender.pcap ip proto 112.',
};

/**
 * What to do next, most useful first.
 *
 * @param sharedRings whether CPUs share ring buffers in the trace
 */
export const advise = (verdict: Verdict, measuredAtSend: boolean, sharedRings = false): string[] => {
  const advice = [...ADVICE[verdict.cause]];
  const isLimit = verdict.leading.some(({ bound }) => bound === 'up-to');
  if (verdict.cause === 'vcpu-stall' && isLimit) advice.push(RECORD_VITALS);
  if (sharedRings && (verdict.cause === 'timer-late' || (verdict.cause === 'cpu-contention' && isLimit)))
    advice.push(ONE_BUFFER_PER_CPU);
  if (verdict.cause === 'insufficient-evidence') {
    for (const reason of new Set(verdict.leading.map((piece) => piece.reason))) {
      const text = reason === null ? undefined : TO_RECORD[reason];
      if (text !== undefined && !advice.includes(text)) advice.push(text);
    }
    if (advice.length === 0) advice.push(RECORD_ALL);
    if (sharedRings && verdict.leading.some(({ reason }) => reason === 'broken-chain' || reason === 'not-covered'))
      advice.push(ONE_BUFFER_PER_CPU);
    if (measuredAtSend)
      advice.push(
        'Capture the advertisements too, on the sender’s interface and at the receiver, to see what a backup felt.',
      );
  }
  return advice;
};
