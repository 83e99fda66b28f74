import { namePart } from './snapshot.js';
import type { Survey } from './survey.js';

interface DeviceKind {
  readonly name: string;
  /** Names of feature bits that change when things happen (virtio 1.2, sections 5.1.3 and 5.2.3). */
  readonly bits: Readonly<Record<string, number>>;
}

const COMMON: Readonly<Record<string, number>> = {
  indirect_descriptors: 28,
  event_index: 29,
  version_1: 32,
  ring_packed: 34,
};

/** By the device type of sysfs. */
const KINDS: Readonly<Record<number, DeviceKind>> = {
  1: {
    name: 'net',
    bits: {
      checksum: 0,
      guest_tso4: 7,
      host_tso4: 11,
      mergeable_buffers: 15,
      control_queue: 17,
      multi_queue: 22,
      notf_coalescing: 53,
    },
  },
  2: { name: 'block', bits: { flush: 9, multi_queue: 12, discard: 13, config_writeback: 11 } },
  3: { name: 'console', bits: {} },
  4: { name: 'rng', bits: {} },
  5: { name: 'balloon', bits: { deflate_on_oom: 2, free_page_hint: 3, page_reporting: 5 } },
  8: { name: 'scsi', bits: {} },
  19: { name: 'vsock', bits: {} },
};

/** Virtio devices with the features their driver and the host agreed on; sysfs writes bit 0 first. */
export const readVirtio = async (survey: Survey): Promise<void> => {
  const devices = await survey.list('virtio', '/sys/bus/virtio/devices');
  await Promise.all(
    devices.map(async (device) => {
      const folder = `/sys/bus/virtio/devices/${device}`;
      const [type, features] = await Promise.all([
        survey.read(`virtio.${namePart(device)}.kind`, `${folder}/device`),
        survey.read(`virtio.${namePart(device)}.features`, `${folder}/features`),
      ]);
      const bits = (features ?? '').trim();
      if (type === null || !/^[01]+$/.test(bits)) return;
      const kind = KINDS[Number.parseInt(type, 16)];
      const name = `virtio.${namePart(device)}`;
      survey.set(`${name}.kind`, kind?.name ?? `type ${String(Number.parseInt(type, 16))}`);
      survey.set(`${name}.features`, [...bits.matchAll(/1/g)].map(({ index }) => index).join(' '));
      for (const [feature, bit] of Object.entries({ ...COMMON, ...kind?.bits })) {
        survey.set(`${name}.feature_${feature}`, bits[bit] === '1');
      }
    }),
  );
};
