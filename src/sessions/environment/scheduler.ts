import type { Survey } from './survey.js';

const DEBUG = '/sys/kernel/debug/sched';

/** The files of debugfs worth having: the rest are per CPU, or print tables. Kernels before 5.13 have them as sysctls. */
const TUNABLES: Readonly<Record<string, string>> = {
  features: 'features',
  base_slice_ns: 'base_slice_ns',
  latency_ns: 'latency_ns',
  min_granularity_ns: 'min_granularity_ns',
  wakeup_granularity_ns: 'wakeup_granularity_ns',
  migration_cost_ns: 'migration_cost_ns',
  nr_migrate: 'nr_migrate',
  tunable_scaling: 'tunable_scaling',
  latency_warn_ms: 'latency_warn_ms',
};

/** `none (voluntary) full` -> voluntary. */
const chosenModel = (text: string): string | null => /\((\w+)\)/.exec(text)?.[1] ?? null;

const modelOfVersion = (version: string): string | null => {
  if (/\bPREEMPT_RT\b/.test(version)) return 'rt';
  if (/\bPREEMPT_DYNAMIC\b/.test(version)) return 'dynamic, mode unknown';
  if (/\bPREEMPT(?:_LAZY)?\b/.test(version)) return 'full';
  return version === '' ? null : 'none or voluntary';
};

/** Which preemption model rules: debugfs says it, else the command line's `preempt=`, else what the version string tells. */
const readPreemption = async (survey: Survey): Promise<void> => {
  const live = await survey.machine.read(`${DEBUG}/preempt`);
  const fromLive = live.ok ? chosenModel(live.text) : null;
  if (fromLive !== null) {
    survey.set('scheduler.preemption', fromLive);
    return;
  }
  const commandLine = (await survey.read('scheduler.preemption', '/proc/cmdline')) ?? '';
  const version = (await survey.read('scheduler.preemption', '/proc/sys/kernel/version')) ?? '';
  const asked = /(?:^|\s)preempt=(\w+)/.exec(commandLine)?.[1];
  survey.set('scheduler.preemption', asked ?? modelOfVersion(version.trim()));
};

/** Every `/proc/sys/kernel/sched_*`; the unit is at the end of the kernel's own name. */
const readSysctls = async (survey: Survey): Promise<void> => {
  const names = await survey.list('scheduler', '/proc/sys/kernel');
  await Promise.all(
    names
      .filter((name) => name.startsWith('sched_') && name !== 'sched_domain')
      .map((name) => survey.file(`scheduler.${name}`, `/proc/sys/kernel/${name}`)),
  );
};

const readDebug = async (survey: Survey): Promise<void> => {
  const listing = await survey.machine.list(DEBUG);
  if (listing.ok) {
    await survey.files('scheduler', DEBUG, TUNABLES);
  } else {
    survey.unread('scheduler.features', listing.why === 'absent' ? 'debugfs not mounted' : listing.why);
  }
};

/** How the kernel shares its CPUs. Sources: /proc/sys/kernel, debugfs, /sys/devices/system/cpu. */
export const readScheduler = async (survey: Survey): Promise<void> => {
  await Promise.all([
    readSysctls(survey),
    readDebug(survey),
    readPreemption(survey),
    survey.file('scheduler.isolated_cpus', '/sys/devices/system/cpu/isolated', (text) => text.trim()),
    survey.file('scheduler.nohz_full_cpus', '/sys/devices/system/cpu/nohz_full', (text) =>
      text.trim().replace('(null)', ''),
    ),
    survey.file('scheduler.sched_ext_state', '/sys/kernel/sched_ext/state'),
    survey.file('scheduler.irq_default_affinity', '/proc/irq/default_smp_affinity'),
  ]);
};
