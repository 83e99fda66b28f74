import { readFile } from 'node:fs/promises';

/** What a session.json says that matters to whoever reads its folder. */
export interface SessionNote {
  /** Names of the capture points, from the sender outward; null where it does not list them. */
  readonly points: readonly string[] | null;
  /** It says itself that it was cut off. */
  readonly isCutOff: boolean;
  /** The folder of a flight recorder: what was kept lies in folders of its own. */
  readonly isFlight: boolean;
}

/** @returns null where it cannot be read */
export const readSessionNote = async (path: string): Promise<SessionNote | null> => {
  const session = await readFile(path, 'utf8').then(parseJson, () => null);
  if (typeof session !== 'object' || session === null) return null;
  return {
    points: pointsOf(session),
    isCutOff: 'complete' in session && session.complete === false,
    isFlight: 'kind' in session && session.kind === 'flight',
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const pointsOf = (session: object): string[] | null => {
  if (!('points' in session)) return null;
  const { points } = session;
  if (!Array.isArray(points)) return null;
  const names = points.map((point: unknown) =>
    typeof point === 'object' && point !== null && 'name' in point ? point.name : point,
  );
  return names.every((name) => typeof name === 'string') ? names : null;
};
