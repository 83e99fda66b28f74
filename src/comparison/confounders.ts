import type { Confounder } from '../model/comparison.js';
import { nameValue, valueOf, type SessionGroup } from './groups.js';
import { knowsSetting, listSettings } from './setting-names.js';

/** The settings by which groups differ besides those that make them. */
export interface OtherDifferences {
  /** Constant within every group: a difference between the groups may be theirs. */
  readonly confounders: readonly Confounder[];
  /** Names of those that differ within groups as well. */
  readonly differingWithinGroups: readonly string[];
}

/**
 * What else differs between groups.
 *
 * @param by whole names of the settings that make the groups
 */
export const findOtherDifferences = (groups: readonly SessionGroup[], by: readonly string[]): OtherDifferences => {
  const confounders: Confounder[] = [];
  const differingWithinGroups: string[] = [];
  for (const name of listSettings(groups.flatMap(({ sessions }) => sessions))) {
    if (by.includes(name)) continue;
    const values = groups.flatMap((group) => {
      const known = group.sessions.filter((session) => knowsSetting(session, name));
      return known.length === 0 ? [] : [{ group: group.name, known: known.map((session) => valueOf(session, name)) }];
    });
    const isConstant = values.every(({ known }) => new Set(known.map(nameValue)).size === 1);
    if (!isConstant) differingWithinGroups.push(name);
    else if (new Set(values.map(({ known }) => nameValue(known[0] ?? null))).size > 1)
      confounders.push({ name, values: values.map(({ group, known }) => ({ group, value: known[0] ?? null })) });
  }
  return { confounders, differingWithinGroups };
};
