import type { Check } from './check.js';
import { missing, note, ok } from './check.js';
import type { ExaminedMachine } from './examined-machine.js';
import { gistOf, installCommand, printedBy } from './words.js';

const FILTER = 'ip proto 112 or ip6 proto 112';

/** tcpdump opens the interface before it prints a filter, so that this needs every right a capture needs and no packet. */
const open = (machine: ExaminedMachine, ...options: string[]): ReturnType<ExaminedMachine['run']> =>
  machine.run('tcpdump', ['-i', 'lo', ...options, '-d', FILTER]);

/** Whether tcpdump may capture, and with stamps in nanoseconds; `missing` when it cannot. */
export const checkTcpdump = async (machine: ExaminedMachine): Promise<Check> => {
  const about = await machine.run('tcpdump', ['--version']);
  if (about.kind === 'missing') return missing('tcpdump', 'is not installed', await installCommand(machine, 'tcpdump'));
  const version = /tcpdump(?: version)? (\d[\w.]*)/.exec(printedBy(about))?.[1] ?? 'of unknown version';
  const nano = await open(machine, '--time-stamp-precision=nano');
  const refusal = /nano|precision/i.test(printedBy(nano));
  if (nano.kind === 'ended' && nano.code === 0 && !refusal) return ok('tcpdump', `${version} captures, in nanoseconds`);
  const plain = await open(machine);
  if (plain.kind === 'ended' && plain.code === 0) {
    return note('tcpdump', `${version} captures, but only in microseconds: ${gistOf(nano)}`);
  }
  const gist = gistOf(plain);
  const fixes = /permission|permitted/i.test(gist) ? ['sudo whylate doctor'] : [];
  return missing('tcpdump', `${version}: ${gist}`, ...fixes);
};
