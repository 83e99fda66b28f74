import type { Setting } from './snapshot.js';

/** Of each option's comma-separated keys only these are told; names, paths, addresses and passwords are in the others. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  accel: ['kernel-irqchip', 'split-wx', 'thread', 'tb-size'],
  device: [
    'event_idx',
    'indirect_desc',
    'iommu_platform',
    'mq',
    'packed',
    'rx_queue_size',
    'tx',
    'tx_queue_size',
    'vectors',
    'x-txtimer',
  ],
  machine: ['accel', 'kernel_irqchip', 'kernel-irqchip', 'mem-merge', 'usb'],
  netdev: ['queues', 'sndbuf', 'vhost', 'vhostforce', 'poll-us'],
  overcommit: ['cpu-pm', 'mem-lock'],
  rtc: ['base', 'clock', 'driftfix'],
  smp: ['cpus', 'cores', 'maxcpus', 'sockets', 'threads'],
};

/** A short word: a switch, a number, a model. */
const HARMLESS = /^[A-Za-z0-9_.+-]{1,40}$/;

interface Option {
  readonly name: string;
  readonly value: string;
}

const optionsOf = (args: readonly string[]): Option[] =>
  args.flatMap((arg, index) => {
    const value = args[index + 1];
    return /^--?[a-zA-Z]/.test(arg)
      ? [{ name: arg.replace(/^--?/, ''), value: value?.startsWith('-') === true ? '' : (value ?? '') }]
      : [];
  });

const split = (value: string): { head: string; keys: Map<string, string> } => {
  const [head = '', ...rest] = value.split(',');
  const parts = head.includes('=') ? [head, ...rest] : rest;
  const keys = new Map(
    parts.map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? ([part, 'on'] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
    }),
  );
  return { head: head.includes('=') ? '' : head, keys };
};

const settingsOf = (prefix: string, kind: string, keys: ReadonlyMap<string, string>): [string, Setting][] =>
  (KEYS[kind] ?? []).flatMap((key): [string, Setting][] => {
    const value = keys.get(key);
    if (value === undefined || !HARMLESS.test(value)) return [];
    return [[`${prefix}.${key.replaceAll('-', '_')}`, /^\d{1,15}$/.test(value) ? Number(value) : value]];
  });

/** A processor's model and its flags: `host,migratable=on,+x2apic`. */
const describeCpu = (value: string): string | null => {
  const parts = value.split(',').filter((part) => /^[A-Za-z0-9_.+-]{1,40}(?:=(?:on|off|0x[0-9a-f]+|\d+))?$/.test(part));
  return parts.length > 0 ? parts.join(',') : null;
};

/**
 * What of a QEMU process's arguments changes when its guest runs and sends: processors, machine, and how its networks
 * are connected. Nothing that could name or open anything.
 *
 * @param args as `/proc/PID/cmdline` has them, the program first
 */
export const describeQemu = (args: readonly string[]): [string, Setting][] => {
  const settings: [string, Setting][] = [];
  let netdevs = 0;
  let devices = 0;
  let iothreads = 0;
  for (const { name, value } of optionsOf(args)) {
    const { head, keys } = split(value);
    switch (name) {
      case 'netdev':
      case 'net': {
        if (!/^(?:tap|bridge|user|vhost-user|vhost-vdpa|socket|l2tpv3|af-xdp)$/.test(head)) break;
        const prefix = `netdev.${netdevs}`;
        netdevs++;
        settings.push([`${prefix}.kind`, head], ...settingsOf(prefix, 'netdev', keys));
        // QEMU's own default for a tap.
        if (head === 'tap' && !keys.has('vhost')) settings.push([`${prefix}.vhost`, 'off']);
        break;
      }
      case 'device': {
        const model = head === '' ? (keys.get('driver') ?? '') : head;
        if (!/^(?:virtio-net|e1000|rtl8139|vmxnet3)[\w-]*$/.test(model)) break;
        const prefix = `nic.${devices}`;
        devices++;
        settings.push([`${prefix}.model`, model], ...settingsOf(prefix, 'device', keys));
        break;
      }
      case 'object':
        if (head === 'iothread') iothreads++;
        break;
      case 'cpu': {
        const cpu = describeCpu(value);
        if (cpu !== null) settings.push(['cpu', cpu]);
        break;
      }
      case 'smp':
      case 'overcommit':
      case 'rtc':
      case 'accel':
      case 'machine':
      case 'M': {
        const kind = name === 'M' ? 'machine' : name;
        const word = kind === 'machine' && head === '' ? (keys.get('type') ?? '') : head;
        const label = kind === 'smp' ? 'smp.cpus' : `${kind}.type`;
        if (HARMLESS.test(word)) settings.push([label, /^\d+$/.test(word) ? Number(word) : word]);
        settings.push(...settingsOf(kind, kind, keys));
        break;
      }
      case 'enable-kvm':
        settings.push(['accel.type', 'kvm']);
        break;
      default:
    }
  }
  settings.push(['netdev_count', netdevs], ['iothread_count', iothreads]);
  return settings;
};
