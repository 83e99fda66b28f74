import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readCommandLine } from './kernel-command-line.js';
import { namePart } from './snapshot.js';
import type { Survey } from './survey.js';

/** What of the kernel's configuration changes when a thread runs. */
const OPTIONS: Readonly<Record<string, string>> = {
  CONFIG_HZ: 'hz',
  CONFIG_HIGH_RES_TIMERS: 'high_res_timers',
  CONFIG_NO_HZ_IDLE: 'no_hz_idle',
  CONFIG_NO_HZ_FULL: 'no_hz_full',
  CONFIG_PREEMPT_DYNAMIC: 'preempt_dynamic',
  CONFIG_PREEMPT_RT: 'preempt_rt',
  CONFIG_PREEMPT_NONE: 'preempt_none',
  CONFIG_PREEMPT_VOLUNTARY: 'preempt_voluntary',
  CONFIG_PREEMPT_LAZY: 'preempt_lazy',
  CONFIG_PREEMPT: 'preempt_full',
  CONFIG_SCHED_AUTOGROUP: 'sched_autogroup',
  CONFIG_CFS_BANDWIDTH: 'cfs_bandwidth',
  CONFIG_RT_GROUP_SCHED: 'rt_group_sched',
  CONFIG_PARAVIRT_TIME_ACCOUNTING: 'paravirt_time_accounting',
};

const inflate = promisify(gunzip);

const readConfig = async (survey: Survey, release: string): Promise<string | null> => {
  const packed = await survey.machine.readBytes('/proc/config.gz');
  if (packed) {
    const plain = await inflate(packed, { maxOutputLength: 4 * 1024 * 1024 }).catch(() => null);
    if (plain) return plain.toString('utf8');
  }
  return survey.read('kernel.config', `/boot/config-${release}`);
};

const readOptions = async (survey: Survey, release: string): Promise<void> => {
  const config = await readConfig(survey, release);
  if (config === null) {
    survey.unread('kernel.hz', 'neither /proc/config.gz nor /boot/config');
    return;
  }
  for (const [, option = '', value = ''] of config.matchAll(/^(CONFIG_\w+)=(\S+)$/gm)) {
    const name = OPTIONS[option];
    if (name === undefined) continue;
    if (name === 'hz') survey.set('kernel.hz', Number(value));
    else survey.set(`kernel.config.${name}`, value === 'y');
  }
};

const readDistribution = async (survey: Survey): Promise<void> => {
  const text = (await survey.read('distribution', '/etc/os-release')) ?? '';
  const fields = new Map(
    [...text.matchAll(/^([A-Z_]+)=["']?([^"'\n]*)["']?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  survey.set('distribution.id', fields.get('ID'));
  survey.set('distribution.version', fields.get('VERSION_ID') ?? fields.get('VERSION_CODENAME'));
};

/** Kernel, its configuration and command line, and the distribution. */
export const readKernel = async (survey: Survey): Promise<void> => {
  const release = (await survey.read('kernel.release', '/proc/sys/kernel/osrelease'))?.trim() ?? '';
  const version = (await survey.read('kernel.version', '/proc/sys/kernel/version'))?.trim() ?? '';
  survey.set('kernel.release', release || null);
  survey.set('kernel.version', version || null);
  const commandLine = (await survey.read('kernel.cmdline', '/proc/cmdline')) ?? '';
  const { parameters, initArguments } = readCommandLine(commandLine);
  for (const [name, value] of parameters) survey.set(`kernel.cmdline.${cleanName(name)}`, value);
  survey.set('kernel.cmdline_init_arguments_count', initArguments);
  await Promise.all([
    readOptions(survey, release),
    readDistribution(survey),
    survey.file('kernel.tainted', '/proc/sys/kernel/tainted'),
    survey.file('kernel.nmi_watchdog', '/proc/sys/kernel/nmi_watchdog'),
    survey.file('kernel.watchdog', '/proc/sys/kernel/watchdog'),
    survey.file('kernel.task_delayacct', '/proc/sys/kernel/task_delayacct'),
  ]);
};

/** Dots divide modules from their parameters and stay. */
const cleanName = (name: string): string => name.split('.').map(namePart).join('.');
