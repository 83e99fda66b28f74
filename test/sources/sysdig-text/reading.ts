import { spawnSync } from 'node:child_process';
import { CounterTable } from '../../../src/model/counters.js';
import { openSysdigText } from '../../../src/sources/sysdig-text/index.js';
import { openTrace } from '../../../src/sources/sysdig-json/index.js';
import type { OpenTrace } from '../../../src/sources/trace/open-trace.js';
import { chunked, plainEvents, type PlainEvent } from '../reading-traces.js';

const collect = async ({ header, batches }: OpenTrace): Promise<PlainEvent[]> => {
  const events: PlainEvent[] = [];
  for await (const batch of batches) events.push(...plainEvents(batch, header.baseNs));
  return events;
};

export interface ReadText {
  readonly open: OpenTrace;
  readonly events: PlainEvent[];
  readonly counters: CounterTable;
}

/** Read a whole text of sysdig. */
export const readText = async (text: string | Uint8Array, chunk = 65_536): Promise<ReadText> => {
  const counters = new CounterTable();
  const open = await openSysdigText(chunked(text, chunk), { where: 'test', counters });
  return { open, events: await collect(open), counters };
};

/** Read the same as sysdig's JSON. */
export const readJson = async (text: string | Uint8Array): Promise<PlainEvent[]> =>
  collect(await openTrace(chunked(text), { where: 'test', counters: new CounterTable() }));

/** Whether there is a sysdig to run. */
export const hasSysdig = spawnSync('sysdig', ['--version']).status === 0;

const MOST_OUTPUT = 64 * 2 ** 20;

/** What a real sysdig prints. */
export const runSysdig = (args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('sysdig', args, {
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  if (status !== 0) throw new Error(`sysdig failed: ${stderr}`);
  return stdout;
};
