import type { Survey } from './survey.js';
import { readVirtio } from './virtio.js';

/** Words of DMI that name a hypervisor. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/qemu|kvm|openstack|rhev|ovirt|proxmox/i, 'kvm'],
  [/vmware/i, 'vmware'],
  [/virtualbox|innotek/i, 'virtualbox'],
  [/microsoft.*virtual machine/i, 'hyper-v'],
  [/xen/i, 'xen'],
  [/amazon ec2/i, 'amazon'],
  [/google compute engine/i, 'google'],
  [/bhyve/i, 'bhyve'],
];

/** By the words of DMI, else by the processor's flag; `none` where neither tells of a hypervisor. */
const guessKind = async (survey: Survey): Promise<string> => {
  const parts = await Promise.all(
    ['sys_vendor', 'product_name'].map((file) => survey.machine.read(`/sys/class/dmi/id/${file}`)),
  );
  const dmi = parts.map((part) => (part.ok ? part.text.trim() : '')).join(' ');
  const known = VENDORS.find(([pattern]) => pattern.test(dmi));
  if (known) return known[1];
  const processor = await survey.machine.read('/proc/cpuinfo');
  return processor.ok && /^flags\s*:.*\bhypervisor\b/m.test(processor.text) ? 'unknown hypervisor' : 'none';
};

/** systemd-detect-virt prints `none` and fails where there is nothing. */
const detect = async (survey: Survey, what: '--vm' | '--container'): Promise<string | null> => {
  const outcome = await survey.machine.run('systemd-detect-virt', [what]);
  return outcome.kind === 'ended' && /^[\w-]+\s*$/.test(outcome.stdout) ? outcome.stdout.trim() : null;
};

/** Whether this is a virtual machine, of which kind, and with which virtual devices. */
export const readVirtualMachine = async (survey: Survey): Promise<void> => {
  survey.set('virtualisation.kind', (await detect(survey, '--vm')) ?? (await guessKind(survey)));
  survey.set('virtualisation.container', await detect(survey, '--container'));
  const flags = await survey.machine.read('/proc/cpuinfo');
  if (flags.ok) survey.set('virtualisation.hypervisor_flag', /^flags\s*:.*\bhypervisor\b/m.test(flags.text));
  await readVirtio(survey);
};
