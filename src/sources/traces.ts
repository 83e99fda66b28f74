import { counted } from './counted.js';
import { openElsewhere } from './open-elsewhere.js';
import type { TraceInput } from './inputs.js';
import type { TraceKind } from './recognise.js';
import { openTrace as openSysdigJson, openTraceFile as openSysdigJsonFile } from './sysdig-json/index.js';
import type { OpenTrace, TraceContext } from './trace/open-trace.js';

/** Reads the bytes of one kind of trace. */
type TraceReader = (bytes: AsyncIterable<Uint8Array>, context: TraceContext) => Promise<OpenTrace>;

/** A reader for each kind; all but the commonest are loaded when they are wanted. */
const READERS: Readonly<Record<TraceKind, () => TraceReader | Promise<TraceReader>>> = {
  'sysdig-json': () => openSysdigJson,
  'sysdig-text': async () => (await import('./sysdig-text/index.js')).openSysdigText,
  scap: async () => (await import('./scap/index.js')).openScap,
  'perf-script': async () => (await import('./ftrace-text/index.js')).openPerfScript,
  'trace-cmd': async () => (await import('./ftrace-text/index.js')).openTraceCmd,
  strace: async () => (await import('./strace/index.js')).openStrace,
};

/**
 * Open a trace of any kind.
 *
 * @param onBytes is told how far it has been read (bytes since the last call); what it throws ends the reading
 * @throws InputError when it holds no usable event, or cannot be read
 */
export const openTraceInput = async (
  input: TraceInput,
  context: TraceContext,
  onBytes: (bytes: number) => void,
): Promise<OpenTrace> => {
  if (input.kind === 'sysdig-json' && input.storage === 'plain' && context.parser !== 'ndjson')
    return openSysdigJsonFile(input.path, context, onBytes);
  if (input.kind === 'scap' && input.storage !== 'once')
    return (await import('./scap/index.js')).openScapFile(input.path, context, onBytes);
  const bytes =
    input.storage === 'encoded' ? openElsewhere(input.path, context.counters, context.threads) : input.open();
  const open = await READERS[input.kind]();
  return open(counted(bytes, onBytes), context);
};
