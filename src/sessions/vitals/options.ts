import { parseArgs } from 'node:util';
import type { SenderFilter } from '../find-sender.js';

/** What the sampler is to do. */
export interface SamplerOptions {
  readonly out: string;
  /** Time between samples, ms. */
  readonly everyMs: number;
  readonly sender: SenderFilter;
  /** Interfaces in the sender's network namespace. */
  readonly interfaces: readonly string[];
}

/** How the sampler is called. */
export const USAGE =
  'usage: main.js --out FILE|- [--every 100ms] [--netns NAME] [--process NAME] [--interface NAME]...';

const LEAST_MS = 20;
const MOST_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000 };

/** @throws TypeError what is wrong with the arguments */
export const parseOptions = (args: readonly string[]): SamplerOptions => {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      out: { type: 'string' },
      every: { type: 'string', default: '100ms' },
      netns: { type: 'string' },
      process: { type: 'string' },
      interface: { type: 'string', multiple: true, default: [] },
    },
  });
  if (!values.out) throw new TypeError('--out FILE is missing');
  return {
    out: values.out,
    everyMs: parseEvery(values.every),
    sender: { netns: values.netns, process: values.process },
    interfaces: values.interface,
  };
};

const parseEvery = (text: string): number => {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  const ms = amount === undefined ? Number.NaN : Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (!(ms >= LEAST_MS && ms <= MOST_MS)) throw new TypeError(`--every ${text}: a time from 20ms to 60s is needed`);
  return ms;
};
