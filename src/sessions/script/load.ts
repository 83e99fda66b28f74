import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../../model/input-error.js';
import { codeOf } from '../folder/files.js';
import { scriptSchema, type SessionScript } from './schema.js';

/** Known only while recording; they stay as they are in the script. */
export const RUNTIME_NAMES: ReadonlySet<string> = new Set(['folder', 'sender_pid', 'run', 'started', 'started_s']);

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/**
 * Read a session script (YAML 1.2, so JSON as well) and fill in its parameters.
 *
 * @param given values for its parameters, by name
 * @throws InputError with line and column of the first thing that is wrong; values are not quoted
 */
export const loadScript = async (path: string, given: ReadonlyMap<string, string>): Promise<SessionScript> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(`cannot be read (${codeOf(error)})`, path, 'give the path of a session script');
  }
  return parseScript(text, basename(path), given);
};

/**
 * The same from a text.
 *
 * @param where names the script in errors
 * @throws InputError
 */
export const parseScript = (text: string, where: string, given: ReadonlyMap<string, string>): SessionScript => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${where}, line ${String(line)}, column ${String(col)}`;
  };
  const [error] = document.errors;
  if (error) throw new InputError(firstLine(error.message), at(error.pos[0]), 'mend the YAML there');
  fillParameters(document, given, where, at);
  const result = scriptSchema.safeParse(toPlain(document, where));
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  throw new InputError(
    `${describePath(issue.path)}: ${firstLine(describe(issue))}`,
    at(offsetOf(document, issue)),
    'docs/recording.md tells what a session script may hold',
  );
};

/** Aliases are followed here: one of them may name nothing, or thousands of them everything. */
const toPlain = (document: Document.Parsed, where: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new InputError('an alias (*name) names nothing, or too much', where, 'write the value out');
  }
};

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/** zod says of a union only that nothing fitted; the branch that came farthest says what is wrong. */
const deepest = (issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue => {
  // A key that is not known is most often one that is missed, written wrongly.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (!first) throw new Error('a failed check without an issue');
  if (first.code !== 'invalid_union') return first;
  const branches = first.errors
    .filter((branch) => branch.length > 0)
    .sort((a, b) => a.length - b.length || depth(b) - depth(a));
  const [best] = branches;
  if (!best) return first;
  const inner = deepest(best);
  return { ...inner, path: [...first.path, ...inner.path] };
};

const depth = (branch: readonly z.core.$ZodIssue[]): number => Math.max(...branch.map(({ path }) => path.length));

const describe = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is not known here`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return issue.message.replace(/^Invalid input: /, '');
  return issue.message.replace(/^Invalid input: /, '');
};

const describePath = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'the script' : path.map(String).join('.');

/** Where in the text an issue lies: at its value, or where that is missing, at what should hold it. */
const offsetOf = (document: Document.Parsed, issue: z.core.$ZodIssue): number => {
  const wantsKey = issue.code === 'unrecognized_keys';
  const path = wantsKey ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetAt(document, path.slice(0, length), wantsKey);
    if (offset !== null) return offset;
  }
  return 0;
};

/** @param wantsKey of the last name in the path, where its key stands */
const offsetAt = (document: Document.Parsed, path: readonly PropertyKey[], wantsKey: boolean): number | null => {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const [i, key] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) return null;
      node = pair.value;
      if (wantsKey && i === path.length - 1) return rangeOf(pair.key);
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (node === undefined) return null;
    } else return null;
    offset = rangeOf(node) ?? offset;
  }
  return offset ?? rangeOf(document.contents);
};

const rangeOf = (node: unknown): number | null => {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return null;
  const [start] = node.range as unknown[];
  return typeof start === 'number' ? start : null;
};

/** Put parameters in the place of `${name}` in values; a value that is nothing else takes the parameter's type as well. */
const fillParameters = (
  document: Document.Parsed,
  given: ReadonlyMap<string, string>,
  where: string,
  at: (offset: number) => string,
): void => {
  const parameters = new Map<string, unknown>();
  const declared = document.get('parameters');
  if (isMap(declared)) {
    for (const { key, value } of declared.items)
      if (isScalar(key) && isScalar(value)) parameters.set(String(key.value), value.value);
  }
  for (const [name, value] of given) {
    if (!parameters.has(name)) {
      const known = [...parameters.keys()].join(', ');
      throw new InputError(
        `has no parameter ${name}`,
        where,
        known === '' ? 'it has none at all; leave out --set' : `--set takes: ${known}`,
      );
    }
    parameters.set(name, value);
  }
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const valueOf = (name: string): unknown => {
        if (parameters.has(name)) return parameters.get(name);
        throw new InputError(
          `\${${name}} is neither a parameter nor known while recording`,
          at(node.range?.[0] ?? 0),
          `declare it under parameters, or use one of: ${[...RUNTIME_NAMES].join(', ')}`,
        );
      };
      const whole = /^\$\{([^}]*)\}$/.exec(node.value)?.[1];
      if (whole !== undefined && !RUNTIME_NAMES.has(whole)) node.value = valueOf(whole);
      else
        node.value = node.value.replace(PLACEHOLDER, (text, name: string) =>
          RUNTIME_NAMES.has(name) ? text : String(valueOf(name)),
        );
    },
  });
};

/** Put what is known while recording in the place of `${name}`. */
export const fillRuntime = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
