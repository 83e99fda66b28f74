import type { CommandOutcome } from '../environment/read-command.js';
import { displayText } from '../../model/display.js';
import type { ExaminedMachine } from './examined-machine.js';

const MAX_GIST = 160;
/** Lines that are said whenever a tool runs, whether it works or not. */
const CHATTER = /RLIMIT_MEMLOCK|^Attaching \d|^listening on|^\d+ packets?|^Usage|^Ubuntu|verbose output/i;
const COMPLAINT =
  /error|fail|cannot|could ?n.t|can't|unable|unrecogni[sz]ed|not |no such|denied|permission|only supports/i;

/** What a failed command complains about: the first line of it that says so, else its last. */
export const gistOf = (outcome: CommandOutcome): string => {
  if (outcome.kind === 'missing') return 'is not installed';
  if (outcome.kind === 'refused') return `cannot be started (${outcome.why})`;
  const lines = `${outcome.stderr}\n${outcome.stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !CHATTER.test(line));
  const complaints = lines.filter((line) => COMPLAINT.test(line));
  // An error that is told in two lines has its cause in the second.
  const gist = displayText((complaints.length > 0 ? complaints.slice(0, 2) : lines.slice(-1)).join('; '));
  const short = gist.length > MAX_GIST ? `${gist.slice(0, MAX_GIST)}...` : gist;
  if (outcome.kind === 'timeout') return short === '' ? 'gave nothing in time' : `gave nothing in time: ${short}`;
  return short === '' ? `failed with exit code ${String(outcome.code)}` : short;
};

/** All that a command printed; '' where it did not run. */
export const printedBy = (outcome: CommandOutcome): string =>
  outcome.kind === 'ended' || outcome.kind === 'timeout' ? `${outcome.stdout}\n${outcome.stderr}` : '';

/** How packages are installed here, by ID or ID_LIKE of /etc/os-release. */
const INSTALLERS: readonly (readonly [RegExp, string])[] = [
  [/debian|ubuntu/, 'apt-get install'],
  [/fedora|rhel|centos/, 'dnf install'],
  [/suse/, 'zypper install'],
  [/alpine/, 'apk add'],
  [/arch/, 'pacman -S'],
];

/** The command that installs a package here. */
export const installCommand = async (machine: ExaminedMachine, ...packages: string[]): Promise<string> => {
  const release = await machine.read('/etc/os-release');
  const ids = release.ok ? [...release.text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].map(([, id = '']) => id).join(' ') : '';
  const [, installer] = INSTALLERS.find(([pattern]) => pattern.test(ids)) ?? [];
  return installer === undefined ? `install the package ${packages.join(' ')}` : `${installer} ${packages.join(' ')}`;
};

/** Whether a version is at least another, part by part. */
export const isAtLeast = (version: string, least: string): boolean => {
  const [a, b] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at++) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};
