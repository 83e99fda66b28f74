import type { Check } from './check.js';
import { note, ok } from './check.js';
import type { ExaminedMachine } from './examined-machine.js';
import { installCommand } from './words.js';

/** Sources that are read without leaving the virtual machine. */
const FAST = new Set(['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter', 'xen']);

/** What the kernel tells the time by: a slow source costs every event of a trace. */
export const checkClockSource = async (machine: ExaminedMachine): Promise<Check> => {
  const reading = await machine.read('/sys/devices/system/clocksource/clocksource0/current_clocksource');
  const source = reading.ok ? reading.text.trim() : '';
  if (source === '') return note('clock source', 'cannot be read');
  if (FAST.has(source)) return ok('clock source', source);
  return note(
    'clock source',
    `${source} is slow to read: every traced event costs more`,
    'cat /sys/devices/system/clocksource/clocksource0/available_clocksource',
  );
};

/** Whether something says that the clock is synchronised; null where nothing says. */
const isSynchronised = async (machine: ExaminedMachine): Promise<boolean | null> => {
  const chrony = await machine.run('chronyc', ['-n', 'tracking']);
  if (chrony.kind === 'ended' && chrony.code === 0) return /^Leap status\s*:\s*Normal/m.test(chrony.stdout);
  const systemd = await machine.run('timedatectl', ['show', '-p', 'NTPSynchronized']);
  const said = systemd.kind === 'ended' ? /NTPSynchronized=(yes|no)/.exec(systemd.stdout)?.[1] : undefined;
  if (said !== undefined) return said === 'yes';
  const stamp = await machine.list('/run/systemd/timesync');
  return stamp.ok && stamp.names.includes('synchronized') ? true : null;
};

/** Recordings of several machines are put together by their packets, so that this is worth knowing, and no more. */
export const checkSynchronisation = async (machine: ExaminedMachine): Promise<Check> => {
  const synchronised = await isSynchronised(machine);
  if (synchronised === true) return ok('clock', 'is synchronised');
  return note(
    'clock',
    `${synchronised === false ? 'is not synchronised' : 'nothing tells whether it is synchronised'}; machines are put together by their packets all the same`,
    await installCommand(machine, 'chrony'),
  );
};
