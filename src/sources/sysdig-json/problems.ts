import type { CounterDefinition } from '../../model/counters.js';

/** Everything out of the ordinary that reading sysdig's JSON counts. Each physical line is counted in one of the first group at most. */

export const BAD_ROW: CounterDefinition = {
  name: 'sysdig_json_bad_row',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace that are not JSON were left out. Copy the file again; if the recorder writes messages into the same file, send them elsewhere (2>messages.txt).',
};
export const NULL_ROW: CounterDefinition = {
  name: 'sysdig_json_null_row',
  source: 'trace',
  severity: 'data-loss',
  help: 'Rows of the trace that are only `null` were left out: whatever wrote them lost an event there.',
};
export const NOT_OBJECT: CounterDefinition = {
  name: 'sysdig_json_not_object',
  source: 'trace',
  severity: 'data-loss',
  help: 'Rows of the trace that are JSON but not an object were left out: sysdig -j writes one object a line.',
};
export const NOT_EVENT: CounterDefinition = {
  name: 'sysdig_json_not_event',
  source: 'trace',
  severity: 'data-loss',
  help: 'Rows of the trace without evt.type were left out. Record with the default fields (sysdig -j without -p), or add %evt.type.',
};
export const NO_TIME: CounterDefinition = {
  name: 'sysdig_json_no_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Events without a usable time were left out. Record with the default fields (sysdig -j without -p), or add %evt.rawtime.',
};
export const FAR_TIME: CounterDefinition = {
  name: 'sysdig_json_far_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Events more than 104 days away from the others were left out: their time cannot be right.',
};
export const LONG_LINE: CounterDefinition = {
  name: 'sysdig_json_long_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace over 4 MiB were left out: no event is that long. Check that the file was not damaged.',
};
export const CUT_LINE: CounterDefinition = {
  name: 'sysdig_json_cut_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace ends in the middle of a line, as it does when the recorder is killed or its disk is full; that last event was left out.',
};
export const TRAILING_GARBAGE: CounterDefinition = {
  name: 'sysdig_json_trailing_garbage',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines behind the last event of the trace are not events and were left out: messages or statistics of the recorder, or the remains of a crash.',
};

export const BYTE_ORDER_MARK: CounterDefinition = {
  name: 'sysdig_json_byte_order_mark',
  source: 'trace',
  severity: 'info',
  help: 'A byte-order mark in the trace was skipped; some editor or shell has rewritten the file.',
};
export const CRLF: CounterDefinition = {
  name: 'sysdig_json_crlf_line',
  source: 'trace',
  severity: 'info',
  help: 'Lines of the trace end in CR LF; some editor or transfer has rewritten the file.',
};
export const BLANK_LINE: CounterDefinition = {
  name: 'sysdig_json_blank_line',
  source: 'trace',
  severity: 'info',
  help: 'Blank lines in the trace were skipped.',
};
export const ARRAY_FORM: CounterDefinition = {
  name: 'sysdig_json_array_line',
  source: 'trace',
  severity: 'info',
  help: 'Lines of the trace that only open or close an array: the form sysdig wrote before 2017.',
};

export const REWRAPPED: CounterDefinition = {
  name: 'sysdig_json_not_one_a_line',
  source: 'trace',
  severity: 'info',
  help: 'The trace has not one event a line, so line numbers count its events; jq -c . (or jq -c .[] for an array) writes one a line.',
};
export const NO_ZONE: CounterDefinition = {
  name: 'sysdig_json_no_time_zone',
  source: 'trace',
  severity: 'notice',
  help: 'Times of the trace are dates without a time zone and were taken as UTC; dates in the answer may be hours off. Record with the default fields, or add %evt.rawtime.',
};

export const NO_DIRECTION: CounterDefinition = {
  name: 'sysdig_json_no_direction',
  source: 'trace',
  severity: 'notice',
  help: 'Events without evt.dir were taken as the end of a system call, switches and signals as what they are. Record with the default fields, or add %evt.dir.',
};
export const NO_THREAD: CounterDefinition = {
  name: 'sysdig_json_no_thread',
  source: 'trace',
  severity: 'error',
  help: 'Events without thread.tid cannot be assigned to a thread. Record with the default fields (sysdig -j without -p), or add %thread.tid.',
};
export const NO_CPU: CounterDefinition = {
  name: 'sysdig_json_no_cpu',
  source: 'trace',
  severity: 'notice',
  help: 'Events without evt.cpu cannot be assigned to a CPU. Record with the default fields (sysdig -j without -p), or add %evt.cpu.',
};

export const SLOW_ROW: CounterDefinition = {
  name: 'sysdig_json_slow_row',
  source: 'trace',
  severity: 'info',
  help: 'Rows of the trace were read the slow way, one by one: they are written otherwise than the rows around them. Nothing of them is lost.',
};
