import type { Survey } from './survey.js';

const bytesOf = (meminfo: string, field: string): number | null => {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
};

/** `always [madvise] never` -> madvise. */
const bracketed = (text: string): string => /\[([^\]]+)\]/.exec(text)?.[1] ?? text.trim();

/** /proc/sys/vm: the setting's name with its unit, and the kernel's. */
const SYSCTLS: Readonly<Record<string, string>> = {
  swappiness: 'swappiness',
  dirty_ratio_percent: 'dirty_ratio',
  dirty_bytes: 'dirty_bytes',
  dirty_background_ratio_percent: 'dirty_background_ratio',
  dirty_background_bytes: 'dirty_background_bytes',
  dirty_expire_cs: 'dirty_expire_centisecs',
  dirty_writeback_cs: 'dirty_writeback_centisecs',
  min_free_kib: 'min_free_kbytes',
  overcommit_memory: 'overcommit_memory',
  watermark_scale_factor: 'watermark_scale_factor',
  compaction_proactiveness: 'compaction_proactiveness',
  stat_interval_s: 'stat_interval',
  laptop_mode: 'laptop_mode',
  zone_reclaim_mode: 'zone_reclaim_mode',
};

/** Memory, swap, and what may make a thread wait for either. */
export const readMemory = async (survey: Survey): Promise<void> => {
  const meminfo = (await survey.read('memory.total_bytes', '/proc/meminfo')) ?? '';
  survey.set('memory.total_bytes', bytesOf(meminfo, 'MemTotal'));
  survey.set('memory.swap_total_bytes', bytesOf(meminfo, 'SwapTotal'));
  await Promise.all([
    survey.files('vm', '/proc/sys/vm', SYSCTLS),
    survey.file('thp.enabled', '/sys/kernel/mm/transparent_hugepage/enabled', bracketed),
    survey.file('thp.defrag', '/sys/kernel/mm/transparent_hugepage/defrag', bracketed),
    survey.file('ksm.run', '/sys/kernel/mm/ksm/run'),
    survey.file('ksm.sleep_ms', '/sys/kernel/mm/ksm/sleep_millisecs'),
    survey.file('zswap.enabled', '/sys/module/zswap/parameters/enabled', (text) => text.trim() === 'Y'),
    survey.file('numa.balancing', '/proc/sys/kernel/numa_balancing'),
    survey.file('numa.nodes', '/sys/devices/system/node/online', (text) => text.trim()),
  ]);
};
