import { fileURLToPath } from 'node:url';
import type { Tracer } from '../doctor/index.js';
import { bytesOf, type CaptureScript, type SessionScript } from '../script/schema.js';
import { onHostUntilClosed } from '../processes/ssh.js';
import type { ToolPlan } from '../processes/tool.js';
import { MESSAGES, PARTS, recorderFile } from '../folder/render.js';

/** A tracer that a plan is for. */
export type TracerKind = Tracer;

const VRRP = 'ip proto 112 or ip6 proto 112';

/** A program inside a network namespace. */
export const inNamespace = (namespace: string | undefined, argv: readonly string[]): readonly string[] =>
  namespace === undefined ? argv : ['ip', 'netns', 'exec', namespace, ...argv];

/**
 * tcpdump at one point: every packet written as it comes, a buffer of 10 MB, nanoseconds, its closing statistics in
 * capture.NAME.stats.txt. Packets come to its stdout, so that the file here grows wherever it runs.
 */
export const planCapture = ({ name, interface: device, namespace, host, filter }: CaptureScript): ToolPlan => {
  const tcpdump = [
    ...['tcpdump', '-i', device, '-n', '-U', '-B', '10000', '--immediate-mode'],
    ...['--time-stamp-precision=nano', '-Z', 'root', '-w', '-', filter ?? VRRP],
  ];
  const argv = inNamespace(namespace, tcpdump);
  return {
    name: `capture ${name}`,
    argv: host === undefined ? argv : onHostUntilClosed(host, argv),
    stdout: `capture.${name}.pcap`,
    stderr: `capture.${name}.stats.txt`,
    end: host === undefined ? 'SIGINT' : 'close-stdin',
    patienceMs: 5_000,
  };
};

/** The sampler of counters. */
export const planVitals = ({ sender, captures, vitals }: SessionScript): ToolPlan | null => {
  if (vitals === false) return null;
  const every = typeof vitals === 'object' ? vitals.every : '100ms';
  const devices = captures.filter(({ host, namespace }) => host === undefined && namespace === sender.namespace);
  const interfaces = new Set([sender.interface, ...devices.map((capture) => capture.interface)]);
  return {
    name: 'vitals',
    argv: [
      ...[process.execPath, fileURLToPath(new URL('../vitals/main.js', import.meta.url))],
      ...['--out', '-', '--every', every],
      ...(sender.namespace === undefined ? [] : ['--netns', sender.namespace]),
      ...(sender.process === undefined ? [] : ['--process', sender.process]),
      ...[...interfaces].flatMap((device) => ['--interface', device]),
    ],
    stdout: 'vitals.ndjson',
    stderr: 'vitals.messages.txt',
    end: 'SIGTERM',
    patienceMs: 3_000,
  };
};

const PAGE_SIZE = 4096;
/** bpftrace's own buffer for each CPU, where the script does not say (pages): seconds in which the tracer does not get to run. */
const BUFFER_PAGES = 4096;

/** The bpftrace recorder; what it prints is made into rows when the recording ends. */
export const planBpftrace = (buffer: string | undefined): ToolPlan => {
  const pages = buffer === undefined ? BUFFER_PAGES : 2 ** Math.round(Math.log2(bytesOf(buffer) / PAGE_SIZE));
  return {
    name: 'tracer',
    argv: ['nice', '-n', '-20', 'bpftrace', '-B', 'full', recorderFile('trace.bt')],
    // Paths of 160 bytes; the second name is that of versions since 0.21.
    env: { BPFTRACE_STRLEN: '160', BPFTRACE_MAX_STRLEN: '160', BPFTRACE_PERF_RB_PAGES: String(Math.max(64, pages)) },
    stdout: `${PARTS}/0001.raw`,
    stderr: MESSAGES,
    isHushed: true,
    end: 'SIGINT',
    // It takes its hundreds of probes away first, one after the other.
    patienceMs: 30_000,
  };
};

/**
 * sysdig, with one ring buffer for each CPU where its probe knows that, and its counts of lost events.
 *
 * @param toJson rows at once instead of a file in its own format
 */
export const planSysdig = (
  kind: 'sysdig-modern-bpf' | 'sysdig-module',
  filter: string | undefined,
  toJson: boolean,
): ToolPlan => ({
  name: 'tracer',
  argv: [
    'sysdig',
    ...(kind === 'sysdig-modern-bpf' ? ['--modern-bpf', '--cpus-for-each-buffer', '1'] : []),
    ...['-v', ...(toJson ? ['-j'] : ['-w', 'trace.scap'])],
    ...(filter === undefined ? [] : [filter]),
  ],
  stdout: toJson ? 'trace.jsonl' : null,
  stderr: 'trace.stats.txt',
  end: 'SIGINT',
  patienceMs: 10_000,
});
