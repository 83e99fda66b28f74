import type { Survey } from './survey.js';

/** Names of the processes that discipline a clock. */
const DAEMONS: Readonly<Record<string, string>> = {
  chronyd: 'chrony',
  ntpd: 'ntpd',
  'systemd-timesyn': 'systemd-timesyncd',
  openntpd: 'openntpd',
  ptp4l: 'ptp4l',
  phc2sys: 'phc2sys',
  VBoxService: 'virtualbox guest additions',
  vmtoolsd: 'vmware tools',
};

/** Names of the processes that run, as the kernel has them. */
export const listProcessNames = async (survey: Survey): Promise<ReadonlySet<string>> => {
  const pids = (await survey.list('processes', '/proc')).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(pids.map((pid) => survey.machine.read(`/proc/${pid}/comm`)));
  return new Set(names.flatMap((name) => (name.ok ? [name.text.trim()] : [])));
};

/** `KEY=yes` lines of `timedatectl show`. */
const flag = (text: string, key: string): boolean | null => {
  const value = new RegExp(`^${key}=(yes|no)$`, 'm').exec(text)?.[1];
  return value === undefined ? null : value === 'yes';
};

/** Who sets the clock, and whether it is synchronised. */
export const readTimeSync = async (survey: Survey): Promise<void> => {
  const running = await listProcessNames(survey);
  const daemons = Object.entries(DAEMONS).flatMap(([process, name]) => (running.has(process) ? [name] : []));
  survey.set('time_sync.daemons', daemons.sort().join(', ') || 'none');
  const text = await survey.output('time_sync.synchronised', 'timedatectl', ['show']);
  if (text === null) return;
  survey.set('time_sync.synchronised', flag(text, 'NTPSynchronized'));
  survey.set('time_sync.ntp_enabled', flag(text, 'NTP'));
  survey.set('time_sync.rtc_in_local_time', flag(text, 'LocalRTC'));
};
