import { analyze } from './analysis.js';
import { compareSessions } from './comparison/compare-sessions.js';
import { findSetting, listSettings, UnknownSettingError } from './comparison/setting-names.js';
import { unpackLateness } from './comparison/lateness.js';
import { summariseAnswer } from './comparison/summarise.js';
import type { Comparison } from './model/comparison.js';
import { CounterTable } from './model/counters.js';
import {
  requestOf,
  type AnalyzeProgress,
  type AnalyzeRequest,
  type JudgedGaps,
  type TimingRequest,
} from './model/request.js';
import type { SessionFigures } from './model/session-figures.js';
import { findSessions, loadSessions, type SessionSelf } from './sessions/compared/index.js';
import { readVersion } from './version.js';

/** What `compare` is asked. */
export interface CompareRequest {
  /** Session folders, folders that hold some, glob patterns. */
  readonly paths: readonly string[];
  /** Settings to group by, as typed; none: all sessions are one group, and the settings that differ are looked at. */
  readonly by: readonly string[];
  /** The group the others are held against, by its name; `first`: that of the first session; null: all pairs are compared. */
  readonly baseline: { readonly name: string } | 'first' | null;
  /** What a session's figures depend on. */
  readonly timing: TimingRequest;
  readonly reading: Pick<AnalyzeRequest, 'parser' | 'threads'>;
  /** For everything drawn at random. */
  readonly seed: number;
  /** How often sessions are drawn for an interval. */
  readonly resamples: number;
  /** Whether figures kept in the folders may be used. */
  readonly useKept: boolean;
}

export interface CompareHooks {
  /** Sessions that are done. */
  onSession?(done: number, of: number): void;
  /** How far the analysis of the present one is. */
  onProgress?(progress: AnalyzeProgress): void;
  readonly signal?: AbortSignal;
}

/**
 * Compare sessions: whether lateness differs between groups of them, by how much, how sure that is, and through which causes.
 *
 * @throws InputError when there is no session that can be used
 * @throws UnknownSettingError when a name to group by, or a baseline, is none
 */
export const compare = async (request: CompareRequest, hooks: CompareHooks = {}): Promise<Comparison> => {
  const counters = new CounterTable();
  const paths = await findSessions(request.paths, counters);
  const version = readVersion();
  const { sessions, leftOut } = await loadSessions(paths, {
    request: { ...request.timing },
    version,
    useKept: request.useKept,
    counters,
    acceptsFigures: ({ lateness, gaps }) => unpackLateness(lateness)?.length === gaps,
    analyseSession: (folder, self) => analyseSession(folder, self, request, hooks),
    onProgress: (done, of) => hooks.onSession?.(done, of),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  });
  const names = listSettings(sessions);
  const by = request.by.map((typed) => resolveName(typed, names));
  const { baseline, seed, resamples } = request;
  return compareSessions(sessions, leftOut, { by, baseline, seed, resamples, version }, counters);
};

const analyseSession = async (
  folder: string,
  { watched }: SessionSelf,
  { timing, reading }: CompareRequest,
  hooks: CompareHooks,
): Promise<SessionFigures> => {
  let gaps: readonly JudgedGaps[] = [];
  const answer = await analyze(requestOf({ files: [folder], ...timing, ...reading }), {
    onGaps: (judged) => {
      gaps = judged;
    },
    onProgress: (progress) => hooks.onProgress?.(progress),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  });
  return summariseAnswer(answer, gaps, watched);
};

/** @throws UnknownSettingError */
const resolveName = (typed: string, names: readonly string[]): string => {
  const found = findSetting(typed, names);
  if (found.kind === 'found') return found.name;
  if (found.kind === 'ambiguous')
    throw new UnknownSettingError(`${typed} may be any of ${found.names.join(', ')}; write more of the name`);
  const near = found.near.length === 0 ? '' : `; near to it: ${found.near.join(', ')}`;
  throw new UnknownSettingError(`no session has a setting called ${typed}${near}`);
};
