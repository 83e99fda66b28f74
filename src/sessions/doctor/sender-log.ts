import { posix } from 'node:path';
import { parseKeepalivedOptions } from '../environment/keepalived-options.js';
import { parseKeepalivedVersion } from '../environment/keepalived.js';
import type { Check } from './check.js';
import { note, ok } from './check.js';
import type { ExaminedMachine } from './examined-machine.js';
import { installCommand, printedBy } from './words.js';

/** A process that sends advertisements. */
export interface RunningSender {
  readonly pid: number;
  readonly comm: string;
}

/** Where a keepalived writes its log. */
export interface LogPlace {
  /** In words. */
  readonly text: string;
  /** A folder on the file system it is written to; null where it is not written to a file. */
  readonly folder: string | null;
}

const SYSLOG = '/var/log';

/** Names of processes that keep what goes to syslog. */
const findSyslog = async (machine: ExaminedMachine): Promise<string[]> => {
  const listing = await machine.list('/proc');
  const pids = listing.ok ? listing.names.filter((name) => /^\d+$/.test(name)) : [];
  const names = await Promise.all(pids.map((pid) => machine.read(`/proc/${pid}/comm`)));
  const running = new Set(names.map((name) => (name.ok ? name.text.trim() : '')));
  return ['systemd-journal', 'rsyslogd', 'syslog-ng', 'syslogd'].filter((name) => running.has(name));
};

/** Where a running keepalived logs, by its command line: -l, -S, -g, -G. */
export const findLog = async (machine: ExaminedMachine, pid: number): Promise<LogPlace> => {
  const command = await machine.read(`/proc/${pid}/cmdline`);
  if (!command.ok || command.text === '') return { text: 'where it logs cannot be read', folder: null };
  const options = parseKeepalivedOptions(command.text.replace(/\0$/, '').split('\0'));
  const places: string[] = [];
  let folder: string | null = null;
  if (options.logFile !== null) {
    const cwd = (await machine.link(`/proc/${pid}/cwd`)) ?? '/';
    folder = posix.dirname(posix.resolve(cwd, options.logFile));
    places.push(`to a file in ${folder}`);
  }
  if (options.logConsole) places.push('to its console');
  else if (!options.noSyslog) {
    const keepers = await findSyslog(machine);
    folder ??= keepers.length > 0 ? SYSLOG : null;
    const facility = options.logFacility === null ? '' : ` facility ${options.logFacility}`;
    places.push(`to syslog${facility} (${keepers.join(' and ') || 'nobody keeps it'})`);
  }
  const detail = options.logDetail ? 'in detail' : 'without -D: little';
  return { text: places.length > 0 ? `logs ${places.join(' and ')}, ${detail}` : 'logs nowhere', folder };
};

/** Whether keepalived is there and runs, and where it logs. */
export const checkSender = async (
  machine: ExaminedMachine,
  senders: readonly RunningSender[],
  log: LogPlace | null,
): Promise<Check> => {
  const about = await machine.run('keepalived', ['--version']);
  const version = parseKeepalivedVersion(printedBy(about));
  const [sender] = senders;
  if (sender) {
    const others = senders.length > 1 ? `; ${senders.length - 1} more process(es) send VRRP too` : '';
    const known = version === null ? '' : ` (keepalived ${version})`;
    return ok('sender', `${sender.comm} ${sender.pid}${known} ${log?.text ?? ''}${others}`);
  }
  if (version === null) {
    return note('sender', 'keepalived is not installed', await installCommand(machine, 'keepalived'));
  }
  return note('sender', `keepalived ${version} is installed; no process sends VRRP now`, 'systemctl start keepalived');
};
