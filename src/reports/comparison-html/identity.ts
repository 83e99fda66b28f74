import type { ComparedGroup } from '../../model/comparison.js';
import { displayText } from '../../model/display.js';
import { html, type SafeHtml } from '../html/safe-html.js';
import { COLORS } from '../html/style-pictures.js';

/** What stands for a group in pictures: a letter, and a colour that repeats where there are many. */
export interface GroupMark {
  readonly name: string;
  /** `A`, `B`, ..., `Z`, `AA`; unique. */
  readonly letter: string;
  /** Number of a fill, from 1. */
  readonly fill: number;
  readonly isBaseline: boolean;
}

const LETTERS = 26;

const letterOf = (index: number): string =>
  (index >= LETTERS ? letterOf(Math.floor(index / LETTERS) - 1) : '') + String.fromCharCode(65 + (index % LETTERS));

/** A name that can be seen: one of nothing but spaces is told. */
export const showName = (name: string): string => (name.trim() === '' ? '(empty)' : name);

/** Marks of groups, by their names. */
export const markGroups = (groups: readonly ComparedGroup[]): ReadonlyMap<string, GroupMark> =>
  new Map(
    groups.map(({ name, isBaseline }, index) => [
      name,
      { name: showName(name), letter: letterOf(index), fill: (index % COLORS) + 1, isBaseline },
    ]),
  );

/** The letter on the group's colour. */
export const renderBadge = ({ letter, fill }: GroupMark): SafeHtml =>
  html`<span class="badge b${fill}">${letter}</span>`;

/** Letter and name. */
export const renderGroupName = (mark: GroupMark): SafeHtml =>
  html`<span class="who">${renderBadge(mark)}&nbsp;<span class="name">${mark.name}</span></span>`;

/** In words, for those who do not see the picture: `A (label.arm rt)`. */
export const tellGroup = ({ letter, name }: GroupMark): string => `${letter} (${name})`;

const SHORT = 24;

/** Letter and as much of the name as has room above a column: `A: label.arm rt`. */
export const shortenName = ({ letter, name }: GroupMark): string => {
  const chars = Array.from(displayText(name));
  return `${letter}: ${chars.length > SHORT ? `${chars.slice(0, SHORT - 1).join('')}…` : chars.join('')}`;
};

/** Text whose numbers stay on one line with their units. */
export const keepUnits = (text: string): string =>
  text.replace(/(?<=\d) (?=(?:%|ns|µs|ms|s|min|h)(?![\p{L}\d]))/gu, '\u00a0');
