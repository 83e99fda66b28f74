import type { ExaminedMachine } from './examined-machine.js';
import { gistOf, installCommand, isAtLeast, printedBy } from './words.js';

/** What can record what a machine does. */
export type Tracer = 'sysdig-modern-bpf' | 'sysdig-module' | 'bpftrace';

/** Whether a tracer records here, as tried. */
export interface TracerTrial {
  readonly tracer: Tracer;
  readonly usable: boolean;
  /** What was found, in one line: the version, and if it is of no use why. */
  readonly reason: string;
  /** What makes it usable. */
  readonly fixes: readonly string[];
}

/** Which tracer is to record here, with the reasons for and against each. */
export interface TracerChoice {
  readonly tracer: Tracer | null;
  /** In order of preference. */
  readonly trials: readonly TracerTrial[];
}

/** Loading the probes takes most of a second; a busy machine is no reason to say no. */
const TRIAL_MS = 5000;
const LEAST_BPFTRACE = '0.17';
/** The modern probe came to sysdig in March 2023 (draios/sysdig, pull request 1963). */
const FIRST_MODERN = '0.31';
/** Ends itself after 200 ms. */
const PROGRAM = 'tracepoint:sched:sched_switch { @ = count() } interval:ms:200 { exit() }';

const fail = (tracer: Tracer, reason: string, ...fixes: string[]): TracerTrial => ({
  tracer,
  usable: false,
  reason,
  fixes,
});

/** Let bpftrace count switches between threads for 200 ms. */
export const tryBpftrace = async (machine: ExaminedMachine): Promise<TracerTrial> => {
  const about = await machine.run('bpftrace', ['--version']);
  if (about.kind === 'missing') {
    return fail('bpftrace', 'is not installed', await installCommand(machine, 'bpftrace'));
  }
  const version = /v?(\d+(?:\.\d+)+)/.exec(printedBy(about))?.[1];
  if (version === undefined) return fail('bpftrace', `does not tell its version: ${gistOf(about)}`);
  if (!isAtLeast(version, LEAST_BPFTRACE)) {
    return fail('bpftrace', `${version} is older than ${LEAST_BPFTRACE}`, 'install a newer bpftrace');
  }
  const trial = await machine.run('bpftrace', ['-e', PROGRAM], { timeoutMs: TRIAL_MS });
  const counted = /@: ([1-9]\d*)/.test(printedBy(trial));
  if (trial.kind === 'ended' && trial.code === 0 && counted) {
    return { tracer: 'bpftrace', usable: true, reason: `${version} records`, fixes: [] };
  }
  const gist = gistOf(trial);
  const fixes: string[] = [];
  if (/root user/i.test(gist)) fixes.push('sudo whylate doctor');
  else if (/tracepoint|events|debugfs|tracefs/i.test(gist)) fixes.push('mount -t tracefs tracefs /sys/kernel/tracing');
  else if (/permitted|permission|lockdown/i.test(gist)) fixes.push('boot without lockdown=confidentiality');
  return fail('bpftrace', `${version}: ${gist}`, ...fixes);
};

const sysdigVersion = async (machine: ExaminedMachine): Promise<string | null> => {
  const about = await machine.run('sysdig', ['--version']);
  if (about.kind === 'missing') return null;
  return /(\d+(?:\.\d+)+)/.exec(printedBy(about))?.[1] ?? 'of unknown version';
};

const noSysdig = async (machine: ExaminedMachine, tracer: Tracer): Promise<TracerTrial> =>
  fail(tracer, 'sysdig is not installed', await installCommand(machine, 'sysdig'));

/** Let sysdig print one event by its BPF probe that needs no module. */
export const trySysdigModernBpf = async (machine: ExaminedMachine): Promise<TracerTrial> => {
  const tracer = 'sysdig-modern-bpf';
  const version = await sysdigVersion(machine);
  if (version === null) return noSysdig(machine, tracer);
  const trial = await machine.run('sysdig', ['--modern-bpf', '-n', '1'], { timeoutMs: TRIAL_MS });
  if (trial.kind === 'ended' && trial.code === 0)
    return { tracer, usable: true, reason: `sysdig ${version} records`, fixes: [] };
  if (/unrecognized option|unknown option/i.test(printedBy(trial))) {
    const age = isAtLeast(version, FIRST_MODERN) ? 'was built without' : 'is older than';
    return fail(
      tracer,
      `sysdig ${version} ${age} the modern BPF probe (${FIRST_MODERN}): it reads files but cannot record this way`,
      `install sysdig ${FIRST_MODERN} or newer from https://github.com/draios/sysdig/releases`,
    );
  }
  return fail(tracer, `sysdig ${version}: ${gistOf(trial)}`);
};

/** Why there is no module, and what brings it. */
const explainModule = async (machine: ExaminedMachine): Promise<{ why: string; fixes: string[] }> => {
  const modules = await machine.read('/proc/modules');
  if (!modules.ok && modules.why === 'absent') {
    return {
      why: 'this kernel takes no modules',
      fixes: ['boot a kernel with CONFIG_MODULES=y, or use another tracer'],
    };
  }
  if (modules.ok && /^(?:scap|sysdig_probe|falco) /m.test(modules.text)) {
    return { why: 'its module is loaded all the same', fixes: ['modprobe -r scap', 'modprobe scap'] };
  }
  const dry = await machine.run('modprobe', ['-n', 'scap']);
  if (dry.kind === 'ended' && dry.code === 0) return { why: 'its module is not loaded', fixes: ['modprobe scap'] };
  return {
    why: `there is no module scap for kernel ${machine.kernelRelease}`,
    fixes: [
      await installCommand(machine, 'falcosecurity-scap-dkms', `linux-headers-${machine.kernelRelease}`),
      'modprobe scap',
    ],
  };
};

/** Let sysdig print one event by its kernel module. sysdig tries to load it. */
export const trySysdigModule = async (machine: ExaminedMachine): Promise<TracerTrial> => {
  const tracer = 'sysdig-module';
  const version = await sysdigVersion(machine);
  if (version === null) return noSysdig(machine, tracer);
  const trial = await machine.run('sysdig', ['-n', '1'], { timeoutMs: TRIAL_MS });
  if (trial.kind === 'ended' && trial.code === 0)
    return { tracer, usable: true, reason: `sysdig ${version} records`, fixes: [] };
  const { why, fixes } = await explainModule(machine);
  return fail(tracer, `sysdig ${version}: ${why} (${gistOf(trial)})`, ...fixes);
};

/**
 * Try every tracer for real, each for 5 s at most, one after the other: they would see each other's work. The first in
 * the order of preference that records is chosen.
 */
export const chooseTracer = async (machine: ExaminedMachine): Promise<TracerChoice> => {
  const trials: TracerTrial[] = [];
  for (const attempt of [trySysdigModernBpf, trySysdigModule, tryBpftrace]) trials.push(await attempt(machine));
  return { tracer: trials.find(({ usable }) => usable)?.tracer ?? null, trials };
};
