import type { Zone } from '../reports/format.js';
import { parseWhole } from './flag-values.js';
import type { Flag } from './flags.js';
import type { World } from './world.js';

/** Narrowest terminal the report is made for, and the width from which long lines would only be harder to read. */
const NARROWEST = 40;
const WIDEST = 200;
const WIDTH_WITHOUT_TERMINAL = 100;

/** How a report for people is laid out, as typed. */
export interface PageLowArguments {
  utc: boolean;
  width: number | null;
  color: boolean | null;
}

/** The same with nothing left to decide. */
export interface PageArguments {
  readonly zone: Zone;
  readonly width: number;
  readonly colors: boolean;
}

/** With nothing given. */
export const startPageArguments = (): PageLowArguments => ({ utc: false, width: null, color: null });

/** Flags of every command that prints a report. */
export const pageFlags: readonly Flag<PageLowArguments>[] = [
  {
    name: 'utc',
    help: 'times in UTC (default: local time)',
    update: (low) => (low.utc = true),
  },
  {
    name: 'width',
    value: 'N',
    help: 'columns to write for (default: those of the terminal, else 100)',
    update: (low, value) => (low.width = parseWhole(value, 40, 1000)),
  },
  {
    name: 'color',
    negatable: true,
    help: 'colours, or none (default: on a terminal, unless NO_COLOR is set)',
    update: (low, _, on) => (low.color = on),
  },
];

const chooseWidth = (low: PageLowArguments, world: World): number => {
  if (low.width !== null) return low.width;
  const columns = world.stdout.isTTY === true ? world.stdout.columns : undefined;
  return columns === undefined ? WIDTH_WITHOUT_TERMINAL : Math.min(Math.max(columns, NARROWEST), WIDEST);
};

const chooseColors = (low: PageLowArguments, world: World): boolean => {
  if (low.color !== null) return low.color;
  // https://no-color.org: present and not empty, whatever its value.
  if ((world.env['NO_COLOR'] ?? '') !== '') return false;
  return world.stdout.isTTY === true && world.env['TERM'] !== 'dumb';
};

/** How a report is laid out in this world. */
export const raisePageArguments = (low: PageLowArguments, world: World): PageArguments => ({
  zone: low.utc ? 'utc' : 'local',
  width: chooseWidth(low, world),
  colors: chooseColors(low, world),
});
