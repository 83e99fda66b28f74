import type { EXIT } from '../exit-codes.js';

/** A term and what it means. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

/** What each exit code means. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  answered: 'Answered. Also when the reader of the output went away.',
  failure: 'The program failed, or a recording did not go as planned.',
  usage: 'The command line or the configuration file cannot be meant.',
  unusableInput: 'An input is unusable, lost more than --max-loss allows, or has errors (--strict).',
  failOn: 'A condition was met: --fail-on, --fail-if, --fail-if-worse.',
  interrupted: 'Ended by SIGINT.',
  terminated: 'Ended by SIGTERM or SIGHUP.',
};

/** Files that people meet. */
export const FILES: readonly Entry[] = [
  {
    term: 'session.json',
    text: 'In a session folder, as whylate record leaves it: script, times, points, tools, outcome, loss. Beside it lie environment.json (settings), trace.*, capture.NAME.pcap, vitals.ndjson (counters) and keepalived.log.',
  },
  {
    term: 'figures.json',
    text: 'In a session folder: what whylate compare found there, so that it need not be found again. It can be removed at any time.',
  },
  {
    term: 'The file of --config',
    text: 'YAML or JSON. Its keys are names of flags without dashes, at the top for all commands or below the name of one, which wins. Switches are true or false, what can be repeated may be a list. Flags on the command line win. --print-config writes such a file. No file is read unless it is named.',
  },
];

/** Variables that change what the program does. */
export const ENVIRONMENT: readonly Entry[] = [
  { term: 'NO_COLOR', text: 'Not empty: no colours unless --color is given.' },
  { term: 'SOURCE_DATE_EPOCH', text: 'Seconds since 1970 to write where output would hold the time it was made.' },
  { term: 'WHYLATE_CONFIG', text: 'The configuration file where --config is not given; empty: none.' },
  { term: 'WHYLATE_DEBUG', text: 'Set: a failure of the program is told with all it knows, for a report.' },
  {
    term: 'WHYLATE_STATE_DIR',
    text: 'Where recordings note what must be put back: /var/lib/whylate for root, else a folder below that of the user (XDG_STATE_HOME).',
  },
];

/** What the program does, a paragraph each. */
export const DESCRIPTION: readonly string[] = [
  'A VRRP router that owns an address says so at a fixed interval; when an advertisement leaves too late, a backup takes the address over. whylate reads a trace of system calls and scheduling from the sending machine and captures of the packets, lists every late advertisement, and tells where its time went and who took it.',
  'Answers go to standard output, messages to standard error, one line each.',
];
