import type { CounterDefinition } from '../../model/counters.js';

/** Everything out of the ordinary that reading sysdig's text counts. A line is counted in one of the first group at most. */

export const FOREIGN_LINE: CounterDefinition = {
  name: 'sysdig_text_foreign_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace that are no events were left out: messages of the recorder (send them elsewhere, 2>messages.txt), or events that were broken or run into each other.',
};
export const OTHER_TIME: CounterDefinition = {
  name: 'sysdig_text_other_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Events whose time is written in another way than that of most others were left out; give the output of different runs of sysdig as different files.',
};
export const FAR_TIME: CounterDefinition = {
  name: 'sysdig_text_far_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Events more than 104 days away from the others were left out: their time cannot be right.',
};
export const LONG_LINE: CounterDefinition = {
  name: 'sysdig_text_long_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace over 4 MiB were left out: no event is that long. Check that the file was not damaged.',
};
export const CUT_LINE: CounterDefinition = {
  name: 'sysdig_text_cut_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace ends in the middle of a line, as it does when the recorder is killed or its disk is full; that last event was left out.',
};

export const STATISTICS_LINE: CounterDefinition = {
  name: 'sysdig_text_statistics_line',
  source: 'trace',
  severity: 'info',
  help: "Lines of the trace are the recorder's closing statistics (sysdig -v).",
};
export const BLANK_LINE: CounterDefinition = {
  name: 'sysdig_text_blank_line',
  source: 'trace',
  severity: 'info',
  help: 'Blank lines in the trace were skipped.',
};

export const SUMMED_TIMES: CounterDefinition = {
  name: 'sysdig_text_summed_times',
  source: 'trace',
  severity: 'notice',
  help: 'The trace tells only how long after the event before each event came (-t D), and its times are sums of that: a line that is missing sets all behind it off. Record with -t a.',
};
export const NO_THREAD: CounterDefinition = {
  name: 'sysdig_text_no_thread',
  source: 'trace',
  severity: 'error',
  help: 'Events that name no thread cannot be assigned to one. Record with the default format (sysdig without -p).',
};
export const NO_CPU: CounterDefinition = {
  name: 'sysdig_text_no_cpu',
  source: 'trace',
  severity: 'notice',
  help: 'Events that name no CPU, or one that there cannot be, cannot be assigned to a CPU. Record with the default format (sysdig without -p).',
};
