import type { OpenTrace, TraceContext } from '../trace/open-trace.js';
import { openTextTrace, type TextTraceFormat } from '../trace/text-trace.js';
import type { LineMeaning } from './event.js';
import { readPerfLine } from './perf-line.js';
import * as problems from './problems.js';
import { EventReader } from './reader.js';
import { readTraceCmdLine } from './trace-cmd-line.js';

const formatOf = (readLine: (line: string) => LineMeaning, program: string): TextTraceFormat => ({
  start: (rows, context) => new EventReader(rows, context, readLine),
  noEvents: {
    what: `holds no scheduler, signal or system call event of ${program}`,
    todo: 'record them: perf record -a -e "sched:*" -e "raw_syscalls:*" -e "signal:*", then perf script --ns',
  },
  longLine: problems.LONG_LINE,
  farTime: problems.FAR_TIME,
});

const PERF_SCRIPT = formatOf(readPerfLine, 'perf script');
const TRACE_CMD = formatOf(readTraceCmdLine, 'trace-cmd report');

/**
 * Read what `perf script` prints of tracepoints: `sched:*`, `raw_syscalls:*` or `syscalls:*`, `signal:*`, with the default fields
 * or most others (-F), with or without --ns, --header, --show-lost-events. Whatever is not read is counted (`ftrace_text_*`).
 *
 * @throws InputError when there is no event of use
 */
export const openPerfScript = (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> =>
  openTextTrace(bytes, context, PERF_SCRIPT);

/**
 * Read what `trace-cmd report` prints, or the kernel's own /sys/kernel/tracing/trace, of the same events. Whatever is not read
 * is counted (`ftrace_text_*`).
 *
 * @throws InputError when there is no event of use
 */
export const openTraceCmd = (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> =>
  openTextTrace(bytes, context, TRACE_CMD);
