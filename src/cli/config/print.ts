import { stringify } from 'yaml';
import type { CommandFacts } from '../command.js';
import { isRepeatable, listOccurrences, type FlagFacts, type Given, type GivenFlags } from '../flags.js';

/** A number where it is written as one would be written back, so that people see no needless quotes. */
const toValue = ({ value }: Given): string | number => (/^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value);

const toSetting = (flag: FlagFacts, occurrences: readonly Given[]): unknown => {
  if (flag.value === undefined) return occurrences.at(-1)?.on === true;
  const values = occurrences.map(toValue);
  return isRepeatable(flag) ? values : values.at(-1);
};

/**
 * The flags that are set, below the command's name, in YAML: a configuration file that gives the same again.
 *
 * @param given from all sources
 */
export const printConfiguration = ({ name, flags }: CommandFacts, given: GivenFlags): string => {
  const settings = flags.flatMap((flag) => {
    const occurrences = listOccurrences(flag, given);
    return occurrences.length === 0 ? [] : [[flag.name, toSetting(flag, occurrences)] as const];
  });
  return stringify({ [name]: Object.fromEntries(settings) }, { lineWidth: 0, aliasDuplicateObjects: false });
};
