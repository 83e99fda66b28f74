import type { Flag } from './flags.js';
import { parseDuration } from './durations.js';
import { UsageError } from './usage-error.js';

/** The arguments of `whylate record` as they are typed. */
export interface RecordLowArguments {
  readonly operands: readonly string[];
  out: string | null;
  readonly set: Map<string, string>;
  seed: number | null;
  plan: boolean;
  recover: boolean;
  schema: boolean;
  keep: string | null;
  ring: string | null;
  duration: string | null;
}

export const startRecordArguments = (operands: readonly string[]): RecordLowArguments => ({
  operands,
  out: null,
  set: new Map(),
  seed: null,
  plan: false,
  recover: false,
  schema: false,
  keep: null,
  ring: null,
  duration: null,
});

const checkDuration = (value: string): string => {
  parseDuration(value);
  return value;
};

export const recordFlags: readonly Flag<RecordLowArguments>[] = [
  {
    name: 'out',
    value: 'FOLDER',
    help: 'where the recording goes (default: a new folder here, named after the script and the time)',
    update: (low, value) => (low.out = value),
  },
  {
    name: 'set',
    value: 'NAME=VALUE',
    repeatable: true,
    help: 'a value for a parameter of the script; repeatable',
    update: (low, value) => {
      const at = value.indexOf('=');
      if (at < 1) throw new UsageError('write NAME=VALUE');
      low.set.set(value.slice(0, at), value.slice(at + 1));
    },
  },
  {
    name: 'seed',
    value: 'N',
    help: "the order of the script's arms is drawn from it; drawn itself, and told, when left out",
    update: (low, value) => {
      const seed = Number(value);
      if (!/^\d+$/.test(value) || seed >= 2 ** 32)
        throw new UsageError(`write a whole number from 0 to ${String(2 ** 32 - 1)}`);
      low.seed = seed;
    },
  },
  {
    name: 'plan',
    help: 'print every command that would be run, and run none',
    update: (low, _, on) => (low.plan = on),
  },
  {
    name: 'duration',
    value: 'DURATION',
    help: "instead of the script's duration",
    update: (low, value) => (low.duration = checkDuration(value)),
  },
  {
    name: 'keep',
    value: 'DURATION',
    help: 'flight recorder: record in a ring, and keep this much before and after each late advertisement',
    update: (low, value) => (low.keep = checkDuration(value)),
  },
  {
    name: 'ring',
    value: 'SIZE',
    help: 'how much disk the ring may use (default 2GB)',
    update: (low, value) => {
      if (!/^\d+(?:\.\d+)?(?:kB|MB|GB|TB)$/.test(value)) throw new UsageError('write a size such as 500MB or 2GB');
      low.ring = value;
    },
  },
  {
    name: 'recover',
    help: 'after a kill: end what is left running, put settings back, finish the folders (of all recordings that were cut off, and of the folders given)',
    update: (low, _, on) => (low.recover = on),
  },
  {
    name: 'schema',
    help: 'print the JSON Schema of session scripts',
    update: (low, _, on) => (low.schema = on),
  },
];
