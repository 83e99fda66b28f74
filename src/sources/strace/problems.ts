import type { CounterDefinition } from '../../model/counters.js';

/** Everything out of the ordinary that reading strace's output counts. A line is counted in one of the first group at most. */

export const FOREIGN_LINE: CounterDefinition = {
  name: 'strace_foreign_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace that are no calls of strace, or broken ones, were left out; keep what the traced program prints out of the file (strace -o FILE).',
};
export const CUT_LINE: CounterDefinition = {
  name: 'strace_cut_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace ends in the middle of a line, as it does when strace is killed or its disk is full; that last call was left out.',
};
export const OTHER_TIME: CounterDefinition = {
  name: 'strace_other_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Calls without a time, or whose time is written in another way than that of the first ones, were left out; give the output of different runs of strace as different files.',
};
export const FAR_TIME: CounterDefinition = {
  name: 'strace_far_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Calls more than 104 days away from the others were left out: their time cannot be right.',
};
export const LONG_LINE: CounterDefinition = {
  name: 'strace_long_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace over 4 MiB were left out: no call is that long. Check that the file was not damaged.',
};
export const NOT_BEGUN: CounterDefinition = {
  name: 'strace_resumed_without_start',
  source: 'trace',
  severity: 'notice',
  help: 'Calls whose beginning is not in the trace were resumed; what they acted on is not known. Give the whole file.',
};
export const NO_DURATIONS: CounterDefinition = {
  name: 'strace_without_durations',
  source: 'trace',
  severity: 'notice',
  help: "The trace does not tell how long calls took, so they are taken to end with their thread's next line; record with strace -T.",
};
export const SET_BACK: CounterDefinition = {
  name: 'strace_time_backwards',
  source: 'trace',
  severity: 'notice',
  help: 'Times of a process go back: the clock was set back while strace ran, or files of different runs were put together.',
};
export const NOT_WATCHED: CounterDefinition = {
  name: 'strace_detached',
  source: 'trace',
  severity: 'notice',
  help: 'strace left a process and was attached to it again; nobody is accused across such a place.',
};
export const NO_NAME: CounterDefinition = {
  name: 'strace_nameless_process',
  source: 'trace',
  severity: 'info',
  help: 'The trace does not tell the names of some of its processes; record with strace -Y (--decode-pids=comm).',
};
export const SLOWED_DOWN: CounterDefinition = {
  name: 'strace_slows_sender',
  source: 'trace',
  severity: 'info',
  help: 'strace halts its process twice in every call, which makes each take longer by some 0.05 ms, and more on a busy machine; stretches of that length say nothing.',
};
