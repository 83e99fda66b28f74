import type { CounterDefinition } from '../../model/counters.js';
import { InputError } from '../../model/input-error.js';
import type { SessionFigures, SessionToCompare } from '../../model/session-figures.js';
import { concurrently } from './concurrently.js';
import { keepFigures, nowNs, readFigures, type FiguresContext, type KeptFigures } from './figures-file.js';
import { SeenSessions, whyEmpty, whyNotCounted } from './left-out.js';
import { readSelf, type SessionSelf } from './read-self.js';
import { routerSettings } from './router-settings.js';
import { hashInputs, isUnchanged, listInputs } from './session-inputs.js';

const CHANGED: CounterDefinition = {
  name: 'session_changed_while_analysed',
  source: 'session',
  severity: 'notice',
  help: 'Files of a session changed while it was analysed, as when it is still recorded; its figures may be of both, and are not kept.',
};

/** Folders read at a time. */
const AT_ONCE = 32;

export interface LoadOptions extends FiguresContext {
  /** Whether figures that were kept may be used. New ones are kept in either case. */
  readonly useKept: boolean;
  /** Analyse a folder. An InputError means that the session cannot be used. */
  analyseSession(folder: string, self: SessionSelf): Promise<SessionFigures>;
  /** Called when another session is done, left out or not. */
  onProgress?(done: number, of: number): void;
}

/** A session that does not count, with the reason. */
export interface LeftOutSession {
  readonly path: string;
  readonly why: string;
}

export interface LoadedSessions {
  readonly sessions: SessionToCompare[];
  readonly leftOut: LeftOutSession[];
}

/** A session before it is known what it comes to. */
type Prepared = LeftOutSession | { readonly path: string; readonly self: SessionSelf; readonly opened: Opened };

interface Opened {
  readonly names: readonly string[];
  readonly kept: KeptFigures | null;
}

/**
 * Sessions with their settings and figures, in the order of their folders. Figures that were kept are read, many at a time; the other sessions are analysed
 * one after the other, and their figures kept in their folders.
 *
 * @param paths session folders, each once
 * @throws InputError when none is left
 */
export const loadSessions = async (paths: readonly string[], options: LoadOptions): Promise<LoadedSessions> => {
  const prepared = await concurrently(paths, AT_ONCE, (path) => prepare(path, options));
  const seen = new SeenSessions();
  const sessions: SessionToCompare[] = [];
  const leftOut: LeftOutSession[] = [];
  for (const [i, one] of prepared.entries()) {
    options.signal?.throwIfAborted();
    const loaded = 'why' in one ? one : await load(one.path, one.self, one.opened, seen, options);
    if ('why' in loaded) leftOut.push(loaded);
    else sessions.push(loaded);
    options.onProgress?.(i + 1, prepared.length);
  }
  if (sessions.length === 0)
    throw new InputError(
      'no session is left that counts',
      leftOut[0]?.path ?? 'the sessions given',
      `give other sessions; ${leftOut[0]?.why ?? 'there is none'}`,
    );
  return { sessions, leftOut };
};

const prepare = async (path: string, options: LoadOptions): Promise<Prepared> => {
  options.signal?.throwIfAborted();
  try {
    const self = await readSelf(path, options.counters);
    const whyNot = whyNotCounted(self);
    if (whyNot !== null) return { path, why: whyNot };
    const inputs = await listInputs(path);
    const why = whyEmpty(inputs);
    if (why !== null) return { path, why };
    return { path, self, opened: { names: inputs.names, kept: await readKept(path, inputs.names, options) } };
  } catch (error) {
    return leaveOut(path, error);
  }
};

const readKept = async (path: string, names: readonly string[], options: LoadOptions): Promise<KeptFigures | null> =>
  options.useKept ? readFigures(path, names, options) : null;

const load = async (
  path: string,
  self: SessionSelf,
  { names, kept }: Opened,
  seen: SeenSessions,
  options: LoadOptions,
): Promise<SessionToCompare | LeftOutSession> => {
  // Before anything reads them: what changes meanwhile must not look as if it had been analysed.
  const hashedNs = nowNs();
  const inputs =
    kept?.inputs ?? (seen.whyCopy(self, null) === null ? await hashInputs(path, names, options.signal) : null);
  const why = seen.whyCopy(self, inputs);
  if (why !== null) return { path, why };
  try {
    const figures = kept?.figures ?? (await options.analyseSession(path, self));
    if (kept === null && inputs !== null) await keepIfUnchanged(path, { inputs, hashedNs, figures }, options);
    seen.add(path, self, inputs);
    return toCompared(path, self, figures, kept === null ? 'analysed' : 'kept');
  } catch (error) {
    return leaveOut(path, error);
  }
};

const keepIfUnchanged = async (path: string, made: KeptFigures, options: LoadOptions): Promise<void> => {
  if (await isUnchanged(path, made.inputs)) await keepFigures(path, made, options);
  else options.counters.add(CHANGED);
};

const leaveOut = (path: string, error: unknown): LeftOutSession => {
  if (error instanceof InputError) return { path, why: error.message };
  throw error;
};

const toCompared = (
  path: string,
  self: SessionSelf,
  figures: SessionFigures,
  from: SessionToCompare['from'],
): SessionToCompare => ({
  path,
  startNs: self.startNs ?? figures.firstNs,
  settings: { ...self.settings, ...routerSettings(figures) },
  hasSnapshot: self.hasSnapshot,
  unread: self.unread,
  isCutOff: self.isCutOff,
  endedWhenLate: self.endedWhenLate,
  figures,
  from,
});
