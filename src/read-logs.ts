import type { GivenLog } from './diagnosis/log-witness.js';
import type { AnswerInput } from './model/answer.js';
import type { CounterTable } from './model/counters.js';
import type { KeepalivedLog } from './model/keepalived-log.js';
import { readKeepalivedLog } from './sources/keepalived-log/index.js';
import type { LogInput } from './sources/inputs.js';
import { absoluteFrom, ns } from './time/ns.js';

/**
 * Read the logs that were given.
 *
 * @param nearNs ns since 1970 at which something was recorded: dates without a year are taken to be near it
 */
export const readLogs = async (
  inputs: readonly LogInput[],
  nearNs: bigint,
  counters: CounterTable,
): Promise<GivenLog[]> => {
  const logs: GivenLog[] = [];
  for (const { path, open } of inputs) logs.push({ path, log: await readKeepalivedLog(open(), nearNs, counters) });
  return logs;
};

/** A log as an input of the answer; its times are on its own clock, local ones as if they were UTC. */
export const describeLog = ({ path, log }: GivenLog): AnswerInput => ({
  path,
  kind: 'keepalived-log',
  role: 'log',
  records: log.records,
  firstNs: writeTime(log, log.first),
  lastNs: writeTime(log, log.last),
  loss: { known: false, dropped: 0 },
});

const writeTime = ({ baseNs }: KeepalivedLog, time: number | null): string | null =>
  time === null ? null : absoluteFrom(baseNs, ns(time)).toString();
