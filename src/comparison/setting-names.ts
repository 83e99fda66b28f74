import type { SessionToCompare } from '../model/session-figures.js';

/** What a name that was typed stands for. */
export type FoundName =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] }
  | { readonly kind: 'unknown'; readonly near: readonly string[] };

/** So many names are suggested. */
const SUGGESTED = 5;

/**
 * The setting a name means: the one of that name, or the only one that ends in it, where parts may be cut at an underscore:
 * `qemu.VHOST_NET_ENABLED` is `host.qemu_kvm.VHOST_NET_ENABLED`.
 *
 * @param names of all settings there are
 */
export const findSetting = (typed: string, names: readonly string[]): FoundName => {
  if (names.includes(typed)) return { kind: 'found', name: typed };
  const ending = names.filter((name) => endsIn(name, typed));
  const [only] = ending;
  if (ending.length > 1) return { kind: 'ambiguous', names: ending };
  return only === undefined ? { kind: 'unknown', near: findNear(typed, names) } : { kind: 'found', name: only };
};

/** Whether the last parts of a name are those typed, each whole or up to an underscore. */
const endsIn = (name: string, typed: string): boolean => {
  const parts = name.split('.');
  const wanted = typed.split('.');
  const from = parts.length - wanted.length;
  return from >= 0 && wanted.every((part, i) => isPart(parts[from + i], part));
};

/** Whether a part of a name is what was written, whole or up to an underscore. */
const isPart = (part: string | undefined, written: string | undefined): boolean =>
  part !== undefined && written !== undefined && (part === written || part.startsWith(`${written}_`));

/** Names that share most of their words with what was typed. */
const findNear = (typed: string, names: readonly string[]): string[] => {
  const wanted = wordsOf(typed);
  return names
    .map((name) => ({ name, shared: wordsOf(name).filter((word) => wanted.includes(word)).length }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared || (a.name < b.name ? -1 : 1))
    .slice(0, SUGGESTED)
    .map(({ name }) => name);
};

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[._]/);

/** The names of all settings of some sessions, sorted. */
export const listSettings = (sessions: readonly SessionToCompare[]): string[] =>
  [...new Set(sessions.flatMap(({ settings }) => Object.keys(settings)))].sort();

/** What is told of a session itself rather than of its machine: known even without a snapshot. */
const OF_THE_SESSION = /^(?:label|recording|router)\./;

/** Whether a session knows a setting, be it that its machine does not have it. */
export const knowsSetting = ({ hasSnapshot, settings, unread }: SessionToCompare, name: string): boolean =>
  Object.hasOwn(settings, name) ||
  OF_THE_SESSION.test(name) ||
  (hasSnapshot && !unread.some((missing) => covers(missing, name)));

/** Whether a name is among those that could not be read: `net.offload` are `net.eth0.offload_tso` and the like. */
const covers = (missing: string, name: string): boolean => {
  const wanted = missing.split('.');
  let found = 0;
  for (const part of name.split('.')) if (isPart(part, wanted[found])) found += 1;
  return found === wanted.length;
};

/** What the sessions were to be grouped by, or held against, is not there: a mistake of whoever typed it. */
export class UnknownSettingError extends Error {
  override readonly name = 'UnknownSettingError';
}
