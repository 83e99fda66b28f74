import type { CounterDefinition } from '../../model/counters.js';

/** Everything out of the ordinary that reading the text of perf script or trace-cmd report counts. */

export const FOREIGN_LINE: CounterDefinition = {
  name: 'ftrace_text_foreign_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace that are no events were left out: messages of the recorder (send them elsewhere, 2>messages.txt), events in a form that is not read here (print them with the default fields of perf script or trace-cmd report), or broken ones.',
};
export const BROKEN_EVENT: CounterDefinition = {
  name: 'ftrace_text_broken_event',
  source: 'trace',
  severity: 'data-loss',
  help: 'Scheduler, signal or system call events whose text is not as the kernel or trace-cmd writes it were left out; print them anew with perf script --ns or trace-cmd report.',
};
export const CUT_LINE: CounterDefinition = {
  name: 'ftrace_text_cut_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace ends in the middle of a line, as it does when a copy was cut off; that last event was left out.',
};
export const LONG_LINE: CounterDefinition = {
  name: 'ftrace_text_long_line',
  source: 'trace',
  severity: 'data-loss',
  help: 'Lines of the trace over 4 MiB were left out: no event is that long. Check that the file was not damaged.',
};
export const FAR_TIME: CounterDefinition = {
  name: 'ftrace_text_far_time',
  source: 'trace',
  severity: 'data-loss',
  help: 'Events more than 104 days away from the others were left out: their time cannot be right.',
};
export const LOST_EVENTS: CounterDefinition = {
  name: 'ftrace_text_lost_events',
  source: 'trace',
  severity: 'data-loss',
  help: 'The recorder lost events; nobody is named as the cause where it did. Record with larger buffers (perf record -m 16M, trace-cmd record -b 20000), or fewer events.',
};
export const LOSSES_OF_UNKNOWN_SIZE: CounterDefinition = {
  name: 'ftrace_text_losses_of_unknown_size',
  source: 'trace',
  severity: 'data-loss',
  help: 'The recorder says that events were lost, and not how many. Where it says when, nobody is named as the cause there; print the trace with perf script --show-lost-events to see when. Record with larger buffers (perf record -m 16M, trace-cmd record -b 20000).',
};
export const OTHER_EVENT: CounterDefinition = {
  name: 'ftrace_text_other_event',
  source: 'trace',
  severity: 'info',
  help: 'Events that tell nothing of scheduling, system calls or signals were not used.',
};
export const ASSUMED_MACHINE: CounterDefinition = {
  name: 'ftrace_text_assumed_machine',
  source: 'trace',
  severity: 'notice',
  help: 'The trace gives system calls by number and does not say on what kind of machine; the numbers were read as those of x86_64. Print the trace with perf script --header, which says it.',
};
export const INFERRED_MACHINE: CounterDefinition = {
  name: 'ftrace_text_inferred_machine',
  source: 'trace',
  severity: 'notice',
  help: 'The trace gives system calls by number and does not say on what kind of machine; in which calls threads slept shows whose numbers they are (x86_64 or aarch64). Print the trace with perf script --header, which says it.',
};
export const UNKNOWN_MACHINE: CounterDefinition = {
  name: 'ftrace_text_unknown_machine',
  source: 'trace',
  severity: 'error',
  help: 'The trace gives system calls by number, of a machine whose numbers are not known here, so no call has a name and no sender is found. Record calls by name (perf record -e "syscalls:*").',
};
export const ASSUMED_SENDS: CounterDefinition = {
  name: 'ftrace_text_assumed_sends',
  source: 'trace',
  severity: 'notice',
  help: 'The trace does not record where a send goes: calls of sendmsg by threads named keepalived... that send as much as an advertisement has, through a descriptor on which the thread receives nothing, were taken for advertisements. Give a capture of the sender, which confirms it, or record with sysdig, strace or the bpftrace recorder, which show it.',
};
export const NO_SENDS: CounterDefinition = {
  name: 'ftrace_text_no_sends',
  source: 'trace',
  severity: 'notice',
  help: 'No thread named keepalived... was seen to send anything as long as an advertisement, so the trace tells nothing of a sender. Record its system calls too, with their exits: perf record -a -e "sched:*" -e "raw_syscalls:*".',
};
export const NO_THREAD: CounterDefinition = {
  name: 'ftrace_text_no_thread',
  source: 'trace',
  severity: 'error',
  help: 'System calls of events that name no thread were left out. Print the trace with the default fields (perf script without -F).',
};
export const NO_CPU: CounterDefinition = {
  name: 'ftrace_text_no_cpu',
  source: 'trace',
  severity: 'notice',
  help: 'Events that name no CPU cannot be assigned to one: who ran meanwhile is not known. Print the trace with the default fields (perf script without -F).',
};
