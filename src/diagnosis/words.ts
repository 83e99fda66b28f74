import type { Cause } from '../model/answer.js';
import { displayText } from '../model/display.js';
import { formatDuration } from '../model/duration.js';
import type { SendWindow } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import type { Diagnosis } from './diagnose.js';
import { isProven, type Piece } from './piece.js';
import type { MissingIds } from './ip-ids.js';
import type { Verdict } from './verdict.js';
import type { VitalsSupport } from './vitals-evidence.js';

const sayLength = (ns: number): string => formatDuration(BigInt(Math.round(ns)));

const total = (pieces: readonly Piece[]): number => pieces.reduce((all, piece) => all + piece.ns, 0);

const named = (verdict: Verdict): string => {
  const { culprit } = verdict;
  const nobody = 'somebody the trace does not show';
  if (!culprit?.process) return culprit && culprit.pid !== null ? `process ${String(culprit.pid)}` : nobody;
  return culprit.tid === null ? culprit.process : `${culprit.process} (${String(culprit.tid)})`;
};

const cpuOf = (pieces: readonly Piece[]): string => {
  const cpu = pieces.find((piece) => piece.cpu !== null)?.cpu;
  return cpu === null || cpu === undefined ? 'its CPU' : `CPU ${String(cpu)}`;
};

const onTarget = (word: string, piece: Piece | undefined): string =>
  piece === undefined || piece.target === null ? '' : ` ${word} ${piece.target}`;

const STOPPED_BY: Partial<Record<string, string>> = {
  signal: 'by a stop signal from',
  debugger: 'by the debugger',
  freezer: 'in a frozen control group by',
};

const shares = (verdict: Verdict): string => {
  const list = verdict.contributors.filter(({ share }) => share >= 0.02).slice(0, 4);
  if (list.length < 2) return '';
  return ` (${list.map(({ process, share }) => `${process} ${String(Math.round(share * 100))} %`).join(', ')})`;
};

/** Where the trace holds wake-ups, they tell a host that did not run the VM from a VM that had nothing to do. */
const wokenLate = (pieces: readonly Piece[], sender: string): string =>
  isProven(pieces, 'woken-late') ? `, and ${sender} was woken only after it` : '';

const tell = (
  cause: Cause,
  verdict: Verdict,
  sender: string,
  pieces: readonly Piece[],
  context: WordContext,
): string => {
  const time = sayLength(total(pieces));
  const largest = pieces[0];
  const upTo = pieces.some((piece) => piece.bound === 'up-to') ? 'up to ' : '';
  switch (cause) {
    case 'stopped':
      return `${sender} was stopped for ${upTo}${time} ${STOPPED_BY[largest?.reason ?? ''] ?? 'by'} ${named(verdict)}`;
    case 'blocked-syscall':
      return `${sender} was blocked for ${upTo}${time} in ${largest?.syscall ?? 'a system call'}${onTarget('on', largest)}${largest?.reason === 'no-switch-events' ? ', or waited for a CPU in there (the trace holds no scheduler switches)' : ''}`;
    case 'cpu-contention':
      return `${sender} ${isProven(pieces, 'woken') ? 'had been woken and was ready,' : 'was ready'} but ${cpuOf(pieces)} was held by ${named(verdict)} for ${upTo}${time}${shares(verdict)}`;
    case 'cpu-throttled':
      if (largest && largest.reason !== 'quota' && context.support.has(largest))
        return `${sender} could have run, but its control group had spent its CPU quota, for ${upTo}${time}`;
      return largest?.reason === 'quota'
        ? `${sender} could have run, but its control group ${largest.target ?? ''} had spent its CPU quota, for ${time}`
        : `${sender} could have run and ${cpuOf(pieces)} was idle for ${upTo}${time}: its control group had most likely spent its CPU quota`;
    case 'sender-busy':
      return `${sender} was on a CPU with other work of its own for ${upTo}${time}`;
    case 'paging':
      return `${sender} waited ${upTo}${time} for its own memory (major page faults)`;
    case 'timer-late':
      return `${sender} slept on for ${upTo}${time} past its timer${isProven(pieces, 'woken-late') ? ': it was woken late, although' : ` although ${cpuOf(pieces)} was idle and`} the VM ran`;
    case 'send-failed':
      return `${largest?.syscall ?? 'the send call'} of ${sender} was refused by the kernel with ${largest?.target ?? 'an error'}, which cost ${time}`;
    case 'sender-restart':
      return tellRestart(verdict, sender, time, largest);
    case 'transmit-delay':
      return largest?.state === 'sending'
        ? `${sender} spent ${time} inside the send call`
        : `${sender} sent in time, but the packet left its interface ${time} late: it was held in the sending VM's queueing discipline or interface`;
    case 'vcpu-stall':
      if (largest?.reason === 'stolen')
        return `${sender} was overdue for ${upTo}${time} while the host stole ${cpuOf(pieces)} for most of it: the host did not run it`;
      if (isSliced(pieces))
        return `the host gave ${largest?.reason === 'one-cpu-silent' ? cpuOf(pieces) : 'the VM'} time only in slices, which cost ${upTo}${time} while the VM's clock went on`;
      return largest?.reason === 'all-cpus-silent'
        ? `no CPU of the VM recorded anything for ${upTo}${time} while its clock went on${wokenLate(pieces, sender)}: the host did not run the VM`
        : `${cpuOf(pieces)}, on which the timer of ${sender} was due, stood still for ${upTo}${time} while others ran${wokenLate(pieces, sender)}: the host did not run that virtual CPU`;
    case 'vm-paused':
      return `the whole VM, its clock included, stood still for ${time}`;
    case 'egress-delay':
      return `${sender} sent in time, and the packet left the VM ${time} late (${largest?.target ?? 'virtio'})`;
    case 'path-delay':
      return `the packet was on time at one capture point and ${time} late at the next (${largest?.target ?? ''})`;
    case 'path-loss':
      return `advertisements were seen at one capture point and never at the next (${largest?.target ?? ''}), which cost ${time}`;
    case 'rearmed-by-packet':
      return `${sender} handled packets for its virtual router${onTarget('from', largest)} and armed its timer anew each time, which cost ${upTo}${time}`;
    case 'insufficient-evidence':
      return tellUnknown(verdict, sender, time, context);
  }
};

/** Several silences with bits between them. */
const isSliced = (pieces: readonly Piece[]): boolean =>
  pieces.some(({ reason }) => reason === 'sliced') && pieces.filter(({ reason }) => reason !== 'sliced').length > 1;

const tellRestart = (verdict: Verdict, sender: string, time: string, largest: Piece | undefined): string => {
  if (largest?.reason === 'not-master')
    return `${sender} had no timer armed for ${time}: it was no master meanwhile (state change, reload)`;
  return verdict.culprit?.process
    ? `${sender} was ended by ${named(verdict)}, and nobody sent for ${time} until its successor did`
    : `${sender} ended or was replaced, and nobody sent for ${time} until its successor did`;
};

const UNKNOWN_WHY: Partial<Record<string, string>> = {
  'no-switch-events': 'the trace holds no scheduler switches, so nobody can say why it did not run',
  interrupted: 'its wait was interrupted without a signal while others held its CPU, so it was stopped or crowded out',
  'missing-calls': "the sender's own system calls are missing from the trace",
  'not-covered': 'the recordings do not cover it',
  'broken-chain': 'the chain of switches on its CPU is broken there',
  'lost-events': 'events were lost there, so nobody is accused',
  'capture-dropped': 'the capture there dropped packets itself, so nobody can say whether they were lost on the way',
  'capture-unsure':
    'the send calls succeeded and the capture shows no packets, so they were lost before it or missed by it, and nothing says which',
  'ids-missing': 'no recording shows what became of them',
  'no-trace': 'there is no trace from inside the sending VM',
};

const tellUnknown = (verdict: Verdict, sender: string, time: string, { alive, missing }: WordContext): string => {
  const reason = verdict.leading.find((piece) => piece.reason !== null)?.reason ?? 'not-covered';
  if (reason === 'ids-missing' && missing !== null) return `${tellMissing(missing)}, which leaves ${time} without them`;
  const why = UNKNOWN_WHY[reason] ?? 'the evidence does not say';
  const base = `${time} of it cannot be explained: ${why}`;
  if (reason !== 'missing-calls' || alive.length === 0) return base;
  return `${base}. ${sender} had not entered its send, and ${alive.join(', ')} of the VM ran meanwhile, so it slept or waited for something the trace leaves out`;
};

/** Refused and dropped packets have used up an id, too. */
const tellMissing = ({ count, first, last }: MissingIds): string =>
  count === 1
    ? `1 advertisement with IP id ${String(first)} was sent or tried in between and not captured here`
    : `${String(count)} advertisements with IP ids ${String(first)} to ${String(last)} were sent or tried in between and not captured here`;

/** What a summary draws on besides the verdict. */
interface WordContext {
  readonly alive: readonly string[];
  readonly missing: MissingIds | null;
  readonly support: VitalsSupport;
}

/** The CPUs that are known to have run during the windows of a gap: `CPU 3 (24 switches)`. */
const aliveCpus = (windows: readonly SendWindow[], trace: TraceSummary | null): string[] => {
  const counts = new Map<number, number>();
  for (const window of windows)
    for (const { lane, switches } of window.alive) counts.set(lane, (counts.get(lane) ?? 0) + switches);
  return [...counts].flatMap(([lane, switches]) => {
    const cpu = trace?.cpuNumber(lane) ?? null;
    return cpu === null ? [] : [`CPU ${String(cpu)} (${String(switches)} switches)`];
  });
};

/** One or two sentences: what happened, how late it made the advertisement, and what else played a part. */
export const summarize = (
  { gap, verdict, windows, missing, support }: Diagnosis,
  trace: TraceSummary | null,
): string => {
  const sender = windows.at(-1)?.attempt.comm ?? 'the sender';
  const context: WordContext = { alive: aliveCpus(windows, trace).slice(0, 4), missing, support };
  const first = tell(verdict.cause, verdict, sender, verdict.leading, context);
  const others = verdict.others
    .filter(({ ns }) => ns >= 1_000_000)
    .slice(0, 3)
    .map(({ cause, ns }) => `${cause} ${sayLength(ns)}`);
  const also = others.length > 0 ? ` Also: ${others.join(', ')}.` : '';
  const end = gap.next.seen.length > 0 && gap.point >= 0 ? 'arrived' : 'left';
  const text = `${first}; the advertisement ${end} ${sayLength(gap.lateness)} late.${also}`;
  return displayText(
    text.charAt(0) === text.charAt(0).toLowerCase() && !text.startsWith(sender)
      ? text.charAt(0).toUpperCase() + text.slice(1)
      : text,
  );
};
