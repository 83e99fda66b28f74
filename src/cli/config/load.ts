import { readFile } from 'node:fs/promises';
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { codeOf } from '../../sessions/folder/files.js';
import type { CommandFacts } from '../command.js';
import { keyOf, type FlagFacts, type Given, type GivenFlags } from '../flags.js';
import { UsageError } from '../usage-error.js';
import { isConfigurable } from './flags.js';
import { readSetting } from './setting.js';

/**
 * The flags that a configuration file gives to a command: those at the top that the command has, and those below its
 * name, which win.
 *
 * @param named how it was named, when not on the command line; for errors
 * @throws UsageError with line and column of the first thing that is wrong; values are not quoted
 */
export const loadConfiguration = async (
  path: string,
  command: CommandFacts,
  commands: readonly CommandFacts[],
  named = '',
): Promise<GivenFlags> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}${named}: cannot be read (${codeOf(error)}); give the path of a configuration file`);
  }
  return parseConfiguration(text, `${path}${named}`, command, commands);
};

/**
 * The same from a text.
 *
 * @param file names the file in errors
 * @throws UsageError
 */
export const parseConfiguration = (
  text: string,
  file: string,
  command: CommandFacts,
  commands: readonly CommandFacts[],
): GivenFlags => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const locate = (node: unknown, otherwise = 0): string => {
    const { line, col } = lines.linePos(isNode(node) && node.range ? node.range[0] : otherwise);
    return `${file}, line ${String(line)}, column ${String(col)}`;
  };
  const [error] = document.errors;
  // The message may quote the file, which may hold secrets; the code tells enough.
  if (error) {
    const what = error.code.toLowerCase().replaceAll('_', ' ');
    throw new UsageError(`${locate(null, error.pos[0])}: no YAML or JSON (${what}); mend it there`);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return {};
  if (!isMap(contents)) throw new UsageError(`${locate(contents)}: no names of flags here; write NAME: VALUE`);
  return readFlags(contents, command, commands.filter(isConfigurable), locate);
};

type Locate = (node: unknown, otherwise?: number) => string;

const readFlags = (
  top: YAMLMap,
  command: CommandFacts,
  commands: readonly CommandFacts[],
  locate: Locate,
): GivenFlags => {
  const forAll: Record<string, readonly Given[] | boolean> = {};
  const forThis: Record<string, readonly Given[] | boolean> = {};
  for (const { key, value } of top.items) {
    const section = commands.find(({ name }) => name === nameOf(key));
    if (section && isMap(value)) {
      for (const inner of value.items) {
        const flag = findFlag([section], inner.key, locate);
        const setting = readSetting(flag, inner.value, (node) => locate(isNode(node) ? node : inner.key));
        if (section === command) forThis[keyOf(flag)] = setting;
      }
      continue;
    }
    if (section && !hasFlag(commands, section.name)) {
      // A section whose flags are all commented out.
      if (value === null || (isScalar(value) && value.value === null)) continue;
      throw new UsageError(
        `${locate(isNode(value) && !isAlias(value) ? value : key)}: ${section.name} is a command; write its flags below it, indented`,
      );
    }
    const flag = findFlag([command, ...commands], key, locate);
    const setting = readSetting(flag, value, (node) => locate(isNode(node) ? node : key));
    if (hasFlag([command], flag.name)) forAll[keyOf(flag)] = setting;
  }
  return { ...forAll, ...forThis };
};

const nameOf = (key: unknown): string | null => (isScalar(key) ? String(key.value) : null);

const hasFlag = (commands: readonly CommandFacts[], name: string): boolean =>
  commands.some(({ flags }) => flags.some((flag) => flag.name === name));

/** A name that a slip of the finger makes; anything longer or stranger may be a value in the wrong place. */
const HARMLESS_NAME = /^-{0,2}[a-z][a-z_-]{0,30}$/i;

/** @throws UsageError when none of the commands has such a flag */
const findFlag = (commands: readonly CommandFacts[], key: unknown, locate: Locate): FlagFacts => {
  const name = nameOf(key);
  const flag = commands.flatMap(({ flags }) => flags).find((each) => each.name === name);
  if (flag) return flag;
  const what = name !== null && HARMLESS_NAME.test(name) ? `'${name}'` : 'this';
  const [first] = commands;
  const where = commands.length === 1 && first ? `whylate ${first.name} --help` : 'the --help of the commands';
  throw new UsageError(`${locate(key)}: ${what} is not a flag that a file can set; ${where} lists them, without --`);
};
