import { describeQemu } from './qemu.js';
import { isSecretName, isSecretValue } from './secrets.js';
import { namePart, settingOf } from './snapshot.js';
import type { Survey } from './survey.js';

/** Modules and their parameters that change how guests run. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  kvm: [
    'halt_poll_ns',
    'halt_poll_ns_grow',
    'halt_poll_ns_grow_start',
    'halt_poll_ns_shrink',
    'kvmclock_periodic_sync',
    'lapic_timer_advance_ns',
    'lapic_timer_advance',
    'min_timer_period_us',
    'nx_huge_pages',
    'pi_inject_timer',
    'tdp_mmu',
  ],
  kvm_intel: ['ple_gap', 'ple_window', 'preemption_timer', 'nested', 'enable_apicv'],
  kvm_amd: ['pause_filter_count', 'pause_filter_thresh', 'nested', 'avic'],
  vhost_net: ['experimental_zcopytx'],
  vhost: ['max_mem_regions', 'max_iotlb_entries'],
};

/** `NAME=value` lines of a shell fragment. */
const assignments = (text: string): [string, string][] =>
  [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#]*))/gm)].map(
    ([, name = '', double, single, plain]) => [name, double ?? single ?? plain ?? ''],
  );

const readDefaults = async (survey: Survey): Promise<void> => {
  const text = (await survey.read('host.qemu_kvm', '/etc/default/qemu-kvm')) ?? '';
  for (const [name, value] of assignments(text)) {
    if (isSecretName(name) || isSecretValue(value) || !/^[\w.+-]{0,40}$/.test(value)) {
      survey.unread(`host.qemu_kvm.${namePart(name)}`, 'withheld');
    } else {
      survey.set(`host.qemu_kvm.${namePart(name)}`, settingOf(value) ?? '');
    }
  }
};

const readParameters = async (survey: Survey): Promise<void> => {
  await Promise.all(
    Object.entries(PARAMETERS).flatMap(([module, names]) =>
      names.map((name) => survey.file(`host.${module}.${name}`, `/sys/module/${module}/parameters/${name}`)),
    ),
  );
};

/** The QEMU processes, numbered by pid in order. */
const readGuests = async (survey: Survey): Promise<void> => {
  const pids = (await survey.list('host.qemu', '/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const commands = await Promise.all(
    pids
      .sort((a, b) => a - b)
      .map(async (pid) => {
        const comm = await survey.machine.read(`/proc/${pid}/comm`);
        if (!comm.ok || !/^(?:qemu|kvm$)/.test(comm.text.trim())) return null;
        return survey.read(`host.qemu`, `/proc/${pid}/cmdline`);
      }),
  );
  const guests = commands.flatMap((command) => (command === null || command === '' ? [] : [command]));
  for (const [index, command] of guests.entries()) {
    for (const [name, value] of describeQemu(command.split('\0'))) survey.set(`host.qemu.${index}.${name}`, value);
  }
  survey.set('host.qemu_count', guests.length);
};

/** What this machine does as a host of others: QEMU's settings for the network, and KVM's. */
export const readHost = async (survey: Survey): Promise<void> => {
  const tap = await survey.machine.list('/sys/module/vhost_net');
  survey.set('host.vhost_net_loaded', tap.ok);
  await Promise.all([readDefaults(survey), readParameters(survey), readGuests(survey)]);
};
