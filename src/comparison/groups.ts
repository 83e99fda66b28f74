import type { SessionToCompare, SettingValue } from '../model/session-figures.js';
import { knowsSetting } from './setting-names.js';

/** Sessions that have the same values of the settings asked for. */
export interface SessionGroup {
  /** Unique: the values, as people read them. */
  readonly name: string;
  /** null where the machine does not have the setting. */
  readonly values: Readonly<Record<string, SettingValue | null>>;
  readonly sessions: readonly SessionToCompare[];
}

export interface Grouped {
  /** In the order of their first sessions. */
  readonly groups: readonly SessionGroup[];
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

/** The one group there is where nothing was asked for. */
export const ALL = 'all sessions';

const NOT_SET = '(not set)';

/** The value of a setting in a session; null where the machine does not have it. */
export const valueOf = ({ settings }: SessionToCompare, name: string): SettingValue | null =>
  Object.hasOwn(settings, name) ? (settings[name] ?? null) : null;

/** A value as a group's name shows it; `1` and `'1'` are the same. */
export const nameValue = (value: SettingValue | null): string =>
  value === null ? NOT_SET : value === '' ? '(empty)' : String(value);

/**
 * Group sessions by settings.
 *
 * @param by whole names; none: all are one group
 */
export const groupSessions = (sessions: readonly SessionToCompare[], by: readonly string[]): Grouped => {
  const leftOut: { path: string; why: string }[] = [];
  const groups = new Map<string, { values: Record<string, SettingValue | null>; sessions: SessionToCompare[] }>();
  for (const session of sessions) {
    const unknown = by.find((name) => !knowsSetting(session, name));
    if (unknown !== undefined) {
      leftOut.push({ path: session.path, why: `there is no environment.json that tells ${unknown}` });
      continue;
    }
    const values = Object.fromEntries(by.map((name) => [name, valueOf(session, name)]));
    const name = by.length === 0 ? ALL : by.map((setting) => nameValue(values[setting] ?? null)).join(' / ');
    const group = groups.get(name);
    if (group) group.sessions.push(session);
    else groups.set(name, { values, sessions: [session] });
  }
  return { groups: [...groups].map(([name, group]) => ({ name, ...group })), leftOut };
};
