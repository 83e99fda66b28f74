import type { CgroupMount } from './cgroup-mounts.js';
import { foldersOf, parseCgroupMounts } from './cgroup-mounts.js';
import { settingOf } from './snapshot.js';
import type { Survey } from './survey.js';

interface Quota {
  readonly quotaUs: number;
  readonly periodUs: number;
}

const textIn = async (survey: Survey, folder: string, file: string): Promise<string | null> => {
  const reading = await survey.machine.read(`${folder}/${file}`);
  return reading.ok ? reading.text.trim() : null;
};

/** A group's own quota; null where it has none. */
const quotaOf = async (survey: Survey, folder: string, version: 1 | 2): Promise<Quota | null> => {
  const [quota, period] =
    version === 2
      ? ((await textIn(survey, folder, 'cpu.max')) ?? '').split(' ')
      : [
          (await textIn(survey, folder, 'cpu.cfs_quota_us')) ?? '',
          (await textIn(survey, folder, 'cpu.cfs_period_us')) ?? '',
        ];
  const found = { quotaUs: Number(quota), periodUs: Number(period) };
  return /^\d+$/.test(quota ?? '') && found.periodUs > 0 ? found : null;
};

/** The quota that binds: the smallest share of CPUs among a group and those above it. */
const readQuota = async (survey: Survey, mount: CgroupMount, path: string, version: 1 | 2): Promise<void> => {
  const folders = foldersOf(mount, path);
  const quotas = await Promise.all(folders.map((folder) => quotaOf(survey, folder, version)));
  let tightest: { quota: Quota; level: number } | null = null;
  for (const [level, quota] of quotas.entries()) {
    if (quota === null) continue;
    if (tightest === null || quota.quotaUs / quota.periodUs < tightest.quota.quotaUs / tightest.quota.periodUs) {
      tightest = { quota, level };
    }
  }
  survey.set('sender.cgroup.cpu_quota_limited', tightest !== null);
  survey.set('sender.cgroup.cpu_quota_us', tightest?.quota.quotaUs);
  survey.set('sender.cgroup.cpu_period_us', tightest?.quota.periodUs);
  survey.set('sender.cgroup.cpu_quota_levels_up', tightest?.level);
};

/** The smallest of a limit in a group and those above it; version 1 writes almost 2^63 for none. */
const readSmallest = async (survey: Survey, name: string, folders: readonly string[], file: string): Promise<void> => {
  const texts = await Promise.all(folders.map((folder) => textIn(survey, folder, file)));
  const limits = texts.flatMap((text) => (text !== null && /^\d{1,15}$/.test(text) ? [Number(text)] : []));
  if (limits.length > 0) survey.set(name, Math.min(...limits));
};

/** A setting of the sender's own group. */
const readOwn = async (survey: Survey, name: string, folder: string | undefined, file: string): Promise<void> => {
  const text = folder === undefined ? null : await textIn(survey, folder, file);
  if (text !== null) survey.set(name, settingOf(text));
};

/** The sender's control groups, versions 1 and 2, and what they allow it. */
export const readCgroup = async (survey: Survey, pid: number): Promise<void> => {
  const membership = await survey.read('sender.cgroup', `/proc/${pid}/cgroup`);
  const mounts = parseCgroupMounts((await survey.read('sender.cgroup', '/proc/self/mountinfo')) ?? '');
  for (const line of (membership ?? '').split('\n')) {
    const [, id, controllers = '', path = '/'] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (id === undefined) continue;
    if (controllers === '' && mounts.v2) {
      const folders = foldersOf(mounts.v2, path);
      survey.set('sender.cgroup.path', path);
      if (mounts.v1.has('cpu')) continue;
      await Promise.all([
        readQuota(survey, mounts.v2, path, 2),
        readOwn(survey, 'sender.cgroup.cpu_weight', folders[0], 'cpu.weight'),
        readOwn(survey, 'sender.cgroup.cpu_idle', folders[0], 'cpu.idle'),
        readOwn(survey, 'sender.cgroup.cpuset_cpus', folders[0], 'cpuset.cpus.effective'),
        readOwn(survey, 'sender.cgroup.io_weight', folders[0], 'io.weight'),
        readSmallest(survey, 'sender.cgroup.memory_max_bytes', folders, 'memory.max'),
        readSmallest(survey, 'sender.cgroup.memory_high_bytes', folders, 'memory.high'),
      ]);
    }
    for (const controller of controllers.split(',')) {
      const mount = mounts.v1.get(controller);
      if (mount) await readVersion1(survey, mount, controller, path);
    }
  }
};

const readVersion1 = async (survey: Survey, mount: CgroupMount, controller: string, path: string): Promise<void> => {
  const folders = foldersOf(mount, path);
  switch (controller) {
    case 'cpu':
      survey.set('sender.cgroup.cpu_path', path);
      await readQuota(survey, mount, path, 1);
      await readOwn(survey, 'sender.cgroup.cpu_shares', folders[0], 'cpu.shares');
      await readOwn(survey, 'sender.cgroup.cpu_rt_runtime_us', folders[0], 'cpu.rt_runtime_us');
      break;
    case 'cpuset':
      await readOwn(survey, 'sender.cgroup.cpuset_cpus', folders[0], 'cpuset.effective_cpus');
      break;
    case 'memory':
      await readSmallest(survey, 'sender.cgroup.memory_max_bytes', folders, 'memory.limit_in_bytes');
      break;
    case 'blkio':
      await readOwn(survey, 'sender.cgroup.io_weight', folders[0], 'blkio.weight');
      break;
    default:
  }
};
