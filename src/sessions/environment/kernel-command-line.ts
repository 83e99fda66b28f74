import { isSecretName, isSecretValue, WITHHELD } from './secrets.js';
import type { Setting } from './snapshot.js';

export interface CommandLine {
  /** By name; a parameter that is repeated has its values joined by commas, one without a value is true. */
  readonly parameters: ReadonlyMap<string, Setting>;
  /** How many words behind `--` go to init; they are not the kernel's, and not shown. */
  readonly initArguments: number;
}

/** Words of a command line; double quotes hold spaces together, as the kernel's `next_arg` reads them. */
const splitWords = (text: string): string[] =>
  [...text.matchAll(/(?:"[^"]*(?:"|$)|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ''));

/** The kernel's parameters; values that may be secrets are withheld. Source: /proc/cmdline. */
export const readCommandLine = (text: string): CommandLine => {
  const words = splitWords(text);
  const end = words.indexOf('--');
  const parameters = new Map<string, Setting>();
  for (const word of end < 0 ? words : words.slice(0, end)) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? true : showValue(name, word.slice(equals + 1));
    // A word without a name, or one that is no parameter's name at all, may be the end of something secret.
    if (!/^[A-Za-z_][\w.,/-]*$/.test(name) || isSecretValue(name)) continue;
    const earlier = parameters.get(name);
    const both = earlier === WITHHELD || value === WITHHELD ? WITHHELD : `${String(earlier)},${String(value)}`;
    parameters.set(name, earlier === undefined ? value : both);
  }
  return { parameters, initArguments: end < 0 ? 0 : words.length - end - 1 };
};

const showValue = (name: string, value: string): Setting => {
  if (isSecretName(name) || isSecretValue(value)) return WITHHELD;
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
};
