import type { Removal } from './removals.js';

/** What each file of a bundle is; those whose names vary by how they begin. */
const ABOUT: readonly (readonly [RegExp, string])[] = [
  [/^README\.txt$/, 'this list'],
  [/^REMOVED\.txt$/, 'what was removed or left out, in which file, and how often'],
  [/^answer\.json$/, 'every late advertisement and why (whylate analyze --json)'],
  [/^ticket\.md$/, 'the same to read'],
  [/^keepalived\.txt$/, 'version and build options of keepalived'],
  [/\.conf$/, 'configuration of keepalived, as it acts on it: parameters replaced, comments and secrets removed'],
  [/^environment\.json$/, 'settings of the machine'],
  [/^session\.json$/, 'how and when it was recorded, what was lost'],
  [/\.stats\.txt$/, 'closing statistics of a recorder'],
  [/^capture\./, 'packets at one point, named in session.json; VRRP authentication data is zero'],
  [/^vitals\./, 'counters of the machine, sampled'],
  [/^trace\./, 'scheduling and system calls, without payloads, arguments and environments'],
  [/./, 'log, lines of keepalived only'],
];

/** `README.txt`: what is in a bundle, and how to look at it. */
export const writeReadme = (name: string, files: readonly string[], version: string | null): string => {
  const widest = files.reduce((most, file) => Math.max(most, file.length), 0);
  const rows = files.map((file) => `  ${file.padEnd(widest)}  ${ABOUT.find(([pattern]) => pattern.test(file))?.[1] ?? ''}`);
  return `${[
    `Recording ${name} of a VRRP router whose advertisements were late, for whoever looks into it.`,
    ...(version === null ? [] : [`Recorded by whylate ${version}.`]),
    '',
    ...rows,
    '',
    'The same answer from these files: whylate analyze FOLDER',
    'Read REMOVED.txt before you pass it on: names of processes, files, interfaces and addresses of routers are still in it.',
  ].join('\n')}\n`;
}; // prettier-ignore

/** One line for each kind of thing that was removed: `capture.sender.pcap: 16 x VRRP authentication data`. */
export const listRemovals = (removals: readonly Removal[]): string[] =>
  removals.map(({ what, where, count }) => `${where}: ${String(count)} x ${what}`);

/** `REMOVED.txt`. */
export const writeRemoved = (removals: readonly Removal[], withTrace: boolean): string =>
  `${[
    'Removed from the files, or left out:',
    '',
    ...(removals.length === 0 ? ['  nothing'] : listRemovals(removals).map((line) => `  ${line}`)),
    '',
    'VRRP authentication data: all bytes are zero, so every password looks the same; a checksum that was right before is right again.',
    ...(withTrace
      ? []
      : ['The trace is not in it: it holds what processes wrote and read. --with-trace adds it without that.']),
    'What looks like a secret is recognised by its name or form. Look through the files yourself before you publish them.',
  ].join('\n')}\n`;
