import { isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { isRepeatable, type FlagFacts, type Given } from '../flags.js';
import { UsageError } from '../usage-error.js';

/**
 * What a node of a configuration file says about a flag.
 *
 * @param locate tells where a node is; of one that is not there, where it should be
 * @throws UsageError when it is of the wrong type
 */
export const readSetting = (
  flag: FlagFacts,
  node: unknown,
  locate: (node: unknown) => string,
): readonly Given[] | boolean => {
  const refuse = (at: unknown, todo: string): never => {
    throw new UsageError(`${locate(at)}: ${flag.name}: ${todo}`);
  };
  const readText = (at: unknown): Given => {
    if (isAlias(at)) return refuse(at, 'an alias; write the value out');
    if (isSeq(at) || isMap(at)) return refuse(at, `one value is wanted here; write ${flag.value ?? ''}`);
    if (!isScalar(at) || at.value === null) return refuse(at, `no value; write ${flag.value ?? ''}, or leave it out`);
    if (typeof at.value === 'boolean') return refuse(at, 'true or false is no value for it; a text is put in quotes');
    return { value: textOf(at), on: true, where: locate(at) };
  };
  if (flag.value === undefined) {
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    return refuse(node, 'a switch; write true or false');
  }
  if (!isSeq(node)) return [readText(node)];
  if (!isRepeatable(flag)) return refuse(node, 'it can be given once only; write one value, not a list');
  return node.items.map(readText);
};

/** Numbers as they are written: seconds since 1970 with nanoseconds do not fit into a number. */
const textOf = (scalar: Scalar): string =>
  typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
