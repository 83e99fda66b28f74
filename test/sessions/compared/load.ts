import { join } from 'node:path';
import { CounterTable } from '../../../src/model/counters.js';
import { loadSessions, type LoadedSessions, type LoadOptions } from '../../../src/sessions/compared/index.js';
import { figures, makeFolder, sessionJson, writeFiles, type Files } from './session-folders.js';

export interface Loaded extends LoadedSessions {
  readonly counters: CounterTable;
  /** Folders that were analysed, in order. */
  readonly analysed: readonly string[];
}

/** Load sessions; an analysis finds the same figures in each, unless told. */
export const load = async (paths: readonly string[], over: Partial<LoadOptions> = {}): Promise<Loaded> => {
  const counters = new CounterTable();
  const analysed: string[] = [];
  const loaded = await loadSessions(paths, {
    request: { late: null, vrid: 205 },
    version: '0.1.0',
    useKept: true,
    counters,
    ...over,
    analyseSession: (folder, self) => {
      analysed.push(folder);
      return over.analyseSession?.(folder, self) ?? Promise.resolve(figures());
    },
  });
  return { ...loaded, counters, analysed };
};

let made = 0;

/** A session like those that `record` leaves; no two have the same content. */
export const makeSession = (files: Files = {}, folder = join(makeFolder(), 'session')): string => {
  const number = String(++made);
  return writeFiles(folder, {
    'session.json': sessionJson({ recording: `r${number}` }),
    'environment.json': { 'kernel.release': '6.1.0' },
    'trace.jsonl': `{"evt.num":${number}}${' '.repeat(60)}\n`,
    'trace.stats.txt': 'Driver Events: 1\n',
    'capture.sender.pcap': `pcap ${number}${'.'.repeat(60)}`,
    'capture.receiver.pcap': `pcap at the receiver ${number}${'.'.repeat(60)}`,
    'keepalived.log': 'a line\n',
    'vitals.ndjson': '{"ns":"1","clock":"realtime"}\n',
    ...files,
  });
};

/** A session whose figures are kept. */
export const makeKept = async (files: Files = {}): Promise<string> => {
  const folder = makeSession(files);
  await load([folder]);
  return folder;
};
