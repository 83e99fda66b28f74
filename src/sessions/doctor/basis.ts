import type { Check } from './check.js';
import { missing, note, ok } from './check.js';
import type { ExaminedMachine } from './examined-machine.js';
import { isAtLeast } from './words.js';

const LEAST_NODE = '20.19';

/** Bits of CapEff (linux/capability.h). */
const CAPABILITIES: Readonly<Record<string, bigint>> = {
  CAP_DAC_READ_SEARCH: 2n,
  CAP_NET_ADMIN: 12n,
  CAP_NET_RAW: 13n,
  CAP_SYS_PTRACE: 19n,
  CAP_SYS_ADMIN: 21n,
};

export const checkNode = (machine: ExaminedMachine): Check =>
  isAtLeast(machine.nodeVersion, LEAST_NODE)
    ? ok('node', `Node.js ${machine.nodeVersion}`)
    : missing('node', `Node.js ${machine.nodeVersion} is older than ${LEAST_NODE}`, 'install Node.js 20.19 or newer');

/** Tracers want root itself, not only its capabilities. */
export const checkRights = async (machine: ExaminedMachine): Promise<Check> => {
  const status = await machine.read('/proc/self/status');
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status.ok ? status.text : '')?.[1];
  const effective = /^CapEff:\s+([0-9a-f]+)/m.exec(status.ok ? status.text : '')?.[1];
  if (uid === undefined || effective === undefined) return note('rights', 'cannot be told from /proc/self/status');
  const bits = BigInt(`0x${effective}`);
  const lacking = Object.entries(CAPABILITIES).flatMap(([name, bit]) => ((bits >> bit) & 1n ? [] : [name]));
  if (uid !== '0') return missing('rights', `runs as user ${uid}, not as root`, 'sudo whylate doctor');
  if (lacking.length === 0) return ok('rights', 'runs as root');
  return missing(
    'rights',
    `runs as root without ${lacking.join(', ')}, as in a container`,
    'run it on the machine itself, or in a container with --privileged',
  );
};

/** bpftrace 0.17 looks for the tracepoints here, or below debugfs. */
export const checkTracefs = async (machine: ExaminedMachine): Promise<Check> => {
  for (const folder of ['/sys/kernel/tracing/events', '/sys/kernel/debug/tracing/events']) {
    const listing = await machine.list(folder);
    if (listing.ok && listing.names.includes('sched')) return ok('tracefs', `tracepoints at ${folder}`);
    if (!listing.ok && listing.why === 'permission') {
      return missing('tracefs', `${folder} may not be read`, 'sudo whylate doctor');
    }
  }
  return missing('tracefs', 'is not mounted: no tracepoints', 'mount -t tracefs tracefs /sys/kernel/tracing');
};

/** Types of the kernel, which BPF programs are fitted to. */
export const checkBtf = async (machine: ExaminedMachine): Promise<Check> => {
  const listing = await machine.list('/sys/kernel/btf');
  return listing.ok && listing.names.includes('vmlinux')
    ? ok('btf', 'the kernel describes its types (/sys/kernel/btf/vmlinux)')
    : missing('btf', 'the kernel does not describe its types', 'boot a kernel with CONFIG_DEBUG_INFO_BTF=y');
};

/** Kernel lockdown, which comes with Secure Boot, forbids what tracers do. */
export const checkLockdown = async (machine: ExaminedMachine): Promise<Check | null> => {
  const reading = await machine.read('/sys/kernel/security/lockdown');
  const mode = reading.ok ? /\[(\w+)\]/.exec(reading.text)?.[1] : undefined;
  if (mode === undefined || mode === 'none') return null;
  const text = `the kernel is locked down (${mode})`;
  return mode === 'confidentiality'
    ? missing('lockdown', `${text}: it lets no tracer read`, 'boot without lockdown=confidentiality')
    : note('lockdown', `${text}: unsigned modules cannot be loaded`);
};
