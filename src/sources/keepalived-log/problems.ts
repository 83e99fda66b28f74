import type { CounterDefinition } from '../../model/counters.js';

export const NO_TIME: CounterDefinition = {
  name: 'log_line_without_time',
  source: 'log',
  severity: 'notice',
  help: 'Lines of the log in which no time was found (cut lines, other formats) were left out; give syslog, journalctl -o short-iso-precise or -o json, or what keepalived itself writes.',
};
export const TOO_LONG: CounterDefinition = {
  name: 'log_line_too_long',
  source: 'log',
  severity: 'data-loss',
  help: 'Lines of the log of more than 4 MiB were left out; check that it is a text file.',
};
export const OTHER_PROGRAM: CounterDefinition = {
  name: 'log_line_of_other_program',
  source: 'log',
  severity: 'info',
  help: 'Lines of other programs in the log; nothing is read from them, but for the kernel’s and time services’ of what concerns keepalived.',
};
export const OTHER_CLOCK: CounterDefinition = {
  name: 'log_mixed_clocks',
  source: 'log',
  severity: 'error',
  help: 'Lines of the log whose times are of another kind than the first (local time beside UTC) were left out; give logs of different forms as files of their own.',
};
export const NO_KEEPALIVED: CounterDefinition = {
  name: 'log_without_keepalived',
  source: 'log',
  severity: 'error',
  help: 'A log holds no line of keepalived with a time, and nothing was read from it; give the log of the sending machine, whole.',
};
export const FORGOTTEN: CounterDefinition = {
  name: 'log_events_forgotten',
  source: 'log',
  severity: 'notice',
  help: 'A log tells more than is kept; the oldest of it was forgotten. Give the part of it around the recording.',
};
export const TOO_FAR: CounterDefinition = {
  name: 'log_time_out_of_range',
  source: 'log',
  severity: 'notice',
  help: 'Lines of the log lie more than 104 days from its first and were left out; give the part of it around the recording.',
};
export const MANY_PROCESSES: CounterDefinition = {
  name: 'log_too_many_processes',
  source: 'log',
  severity: 'notice',
  help: 'A log holds lines of more processes and hosts than are told apart; the later ones were left out. Give the sending machine’s lines alone.',
};
