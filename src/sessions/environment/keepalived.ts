import { posix } from 'node:path';
import { readConfSettings } from './keepalived-conf/index.js';
import { parseKeepalivedOptions } from './keepalived-options.js';
import type { Subject, Survey } from './survey.js';

const DEFAULT_CONFIG = '/etc/keepalived/keepalived.conf';

/** `Keepalived v2.2.7 (01/16,2022)` -> 2.2.7; older ones print it to stderr too. */
export const parseKeepalivedVersion = (text: string): string | null =>
  /Keepalived v(\d[\w.-]*)/.exec(text)?.[1] ?? null;

const readVersion = async (survey: Survey): Promise<void> => {
  const outcome = await survey.machine.run('keepalived', ['--version']);
  const text = outcome.kind === 'ended' ? outcome.stdout + outcome.stderr : '';
  const version = parseKeepalivedVersion(text);
  if (version === null) survey.unread('keepalived.version', outcome.kind === 'missing' ? 'no keepalived' : 'no answer');
  survey.set('keepalived.version', version);
};

/** Where a process sees files: its own root, when it has one that is not ours. */
const rootOf = async (survey: Survey, pid: number): Promise<string> => {
  const root = await survey.machine.link(`/proc/${pid}/root`);
  return root === null || root === '/' ? '' : `/proc/${pid}/root`;
};

/** The configuration the running sender was started with, else the default one. */
const locate = async (survey: Survey, pid: number | null): Promise<{ path: string; configId: string }> => {
  const hostname = (await survey.read('keepalived.conf', '/proc/sys/kernel/hostname')) ?? '';
  const configId = hostname.trim().split('.')[0] ?? '';
  const command = pid === null ? null : await survey.read('keepalived.option', `/proc/${pid}/cmdline`);
  if (pid === null || command === null || command === '') return { path: DEFAULT_CONFIG, configId };
  const options = parseKeepalivedOptions(command.replace(/\0$/, '').split('\0'));
  survey.set('keepalived.option.log_console', options.logConsole);
  survey.set('keepalived.option.log_detail', options.logDetail);
  survey.set('keepalived.option.log_facility', options.logFacility?.replace(/[^\w]/g, '_').slice(0, 10));
  survey.set('keepalived.option.log_file', options.logFile !== null);
  survey.set('keepalived.option.flush_log_file', options.flushLogFile);
  survey.set('keepalived.option.no_syslog', options.noSyslog);
  survey.set('keepalived.option.dont_respawn', options.dontRespawn);
  survey.set('keepalived.option.snmp', options.snmp);
  const folder = (await survey.machine.link(`/proc/${pid}/cwd`)) ?? '/';
  const path = (await rootOf(survey, pid)) + posix.resolve(folder, options.configFile ?? DEFAULT_CONFIG);
  return { path, configId: options.configId ?? configId };
};

/**
 * keepalived's version, options and configuration.
 *
 * @param pid of the running sender; null reads the default configuration
 */
export const readKeepalived =
  (pid: number | null): Subject =>
  async (survey) => {
    const [{ path, configId }] = await Promise.all([locate(survey, pid), readVersion(survey)]);
    const { settings, unreadFiles } = await readConfSettings(survey.machine, path, configId);
    for (const [name, value] of settings) survey.set(name, value);
    if (settings.size === 0 && pid === null && unreadFiles.absent !== undefined) return;
    const unread = Object.entries(unreadFiles).map(([why, count]) => `${count} ${why}`);
    if (unread.length > 0) survey.unread('keepalived.conf', unread.join(' and '));
  };
