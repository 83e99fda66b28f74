import type { Counter, Severity } from '../../model/counters.js';
import type { Style } from './spans.js';

/** How each severity looks. */
export const STYLE_OF_SEVERITY: Readonly<Record<Severity, Style>> = {
  'data-loss': 'bad',
  error: 'bad',
  notice: 'warn',
  info: 'dim',
};

/** The worst first; `info` is not shown to people. */
const SHOWN: readonly Severity[] = ['data-loss', 'error', 'notice'];

/** The counters that people are shown, the worst first. */
export const chooseCounters = (counters: readonly Counter[]): Counter[] =>
  SHOWN.flatMap((severity) => counters.filter((counter) => counter.severity === severity));
