import type { OpenTrace, TraceContext } from '../trace/open-trace.js';
import { openTextTrace, type TextTraceFormat } from '../trace/text-trace.js';
import * as problems from './problems.js';
import { StraceReader } from './reader.js';

const FORMAT: TextTraceFormat = {
  start: (rows, context) => new StraceReader(rows, context),
  noEvents: {
    what: 'holds no usable call of strace',
    todo: 'record with strace -f -ttt -T -yy -o FILE -p PID',
  },
  longLine: problems.LONG_LINE,
  farTime: problems.FAR_TIME,
};

/**
 * Read the output of strace, into a file or on a terminal, with -ttt or -tt; -f, -T, -y, -yy, -Y, -k and -C are
 * understood. Nothing of what calls sent, received or handed over is kept. Whatever is no call is counted (`strace_*`).
 *
 * @throws InputError when there is no call, or no usable time (-t, -r, none)
 */
export const openStrace = (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> =>
  openTextTrace(bytes, context, FORMAT);
