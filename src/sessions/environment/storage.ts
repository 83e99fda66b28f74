import type { Survey } from './survey.js';
import { namePart, settingOf } from './snapshot.js';

/** `none [mq-deadline] kyber` -> mq-deadline. */
const chosenScheduler = (text: string): string | null => {
  const chosen = /\[([^\]]+)\]/.exec(text)?.[1];
  return chosen ?? text.trim().split(/\s+/)[0] ?? null;
};

const readDevice = async (survey: Survey, device: string): Promise<void> => {
  const queue = `/sys/block/${device}/queue`;
  const name = `io.${namePart(device)}`;
  await Promise.all([
    survey.file(`${name}.scheduler`, `${queue}/scheduler`, chosenScheduler),
    survey.file(`${name}.rotational`, `${queue}/rotational`, (text) => text.trim() === '1'),
    survey.file(`${name}.size_bytes`, `/sys/block/${device}/size`, (text) => Number(text) * 512),
    // The kernel refuses to tell where there is no throttling (EINVAL), which is no lack of rights.
    survey.machine.read(`${queue}/wbt_lat_usec`).then((reading) => {
      if (reading.ok) survey.set(`${name}.writeback_throttling_us`, settingOf(reading.text));
    }),
    survey.files(name, queue, {
      nr_requests: 'nr_requests',
      write_cache: 'write_cache',
      rq_affinity: 'rq_affinity',
      read_ahead_kib: 'read_ahead_kb',
    }),
  ]);
};

/** Every block device that is no loop, RAM or optical drive, and the mounts whose writes are waited for. */
export const readStorage = async (survey: Survey): Promise<void> => {
  const devices = await survey.list('io', '/sys/block');
  const disks = devices.filter((device) => !/^(?:loop|ram|sr|fd)\d/.test(device));
  const mounts = (await survey.read('mount', '/proc/mounts')) ?? '';
  for (const line of mounts.split('\n')) {
    const [, point, kind, options = ''] = line.split(' ');
    if (kind === undefined || (point !== '/' && point !== '/var' && point !== '/var/log')) continue;
    const name = `mount.${point === '/' ? 'root' : point.slice(1).replace('/', '_')}`;
    survey.set(`${name}.filesystem`, kind);
    survey.set(`${name}.sync`, options.split(',').includes('sync'));
    survey.set(`${name}.barrier`, !/(?:^|,)(?:nobarrier|barrier=0)(?:,|$)/.test(options));
    survey.set(`${name}.data`, /(?:^|,)data=(\w+)/.exec(options)?.[1]);
  }
  await Promise.all(disks.map((device) => readDevice(survey, device)));
};
