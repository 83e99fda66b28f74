import type { OpenTrace, TraceContext } from '../trace/open-trace.js';
import { openTextTrace, type TextTraceFormat } from '../trace/text-trace.js';
import * as problems from './problems.js';
import { SysdigTextReader } from './reader.js';

const FORMAT: TextTraceFormat = {
  start: (rows, context) => new SysdigTextReader(rows, context),
  noEvents: {
    what: "holds no usable event of sysdig's text output",
    todo: 'record with sysdig -j, or with its default format and -t a',
  },
  longLine: problems.LONG_LINE,
  farTime: problems.FAR_TIME,
};

/**
 * Read sysdig's text output: the default format or that of -pc, with times in any form but that of -t d. Whatever is not
 * an event is counted (`sysdig_text_*`).
 *
 * @throws InputError when there is no event, or its times do not tell when events were (-t d)
 */
export const openSysdigText = (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> =>
  openTextTrace(bytes, context, FORMAT);
