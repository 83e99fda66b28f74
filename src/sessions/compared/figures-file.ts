import { join } from 'node:path';
import type { CounterDefinition, CounterTable } from '../../model/counters.js';
import type { SessionFigures } from '../../model/session-figures.js';
import { codeOf } from '../folder/files.js';
import { writeWhole } from '../folder/write-file.js';
import { canonicalJson } from './canonical-json.js';
import { keptSchema } from './figures-schema.js';
import { readJson } from './read-json.js';
import { hashInput, isSameList, isSameState, stateOf, type HashedInput } from './session-inputs.js';

const NOT_KEPT: CounterDefinition = {
  name: 'session_figures_not_kept',
  source: 'session',
  severity: 'notice',
  help: "Figures could not be written into their session's folder; the session is analysed again next time, unless you may write there.",
};
const IGNORED: CounterDefinition = {
  name: 'session_figures_ignored',
  source: 'session',
  severity: 'notice',
  help: 'A figures.json could not be used as it is damaged; its session was analysed again.',
};

const NAME = 'figures.json';
/** Changes with the meaning of what is in the file. */
const FORMAT = 1;
const LIMIT = 256_000_000;
/**
 * A file that was modified so shortly before it was read (ns) may change once more and look the same: clocks of file systems are coarse, some count in steps
 * of 2 s.
 */
const RACY_NS = 3_000_000_000n;

/** What figures depend on beside the session's files, and what reading them needs. */
export interface FiguresContext {
  /** Of this tool. */
  readonly version: string;
  /** The options that figures depend on, as plain values. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly counters: CounterTable;
  readonly signal?: AbortSignal;
  /** Whether kept figures of the right form can be used: what is packed in `lateness` is not known here. */
  readonly acceptsFigures?: (figures: SessionFigures) => boolean;
}

/** Figures and what they were made of. */
export interface KeptFigures {
  readonly inputs: readonly HashedInput[];
  /** Before any of them was read: ns since 1970. */
  readonly hashedNs: string;
  readonly figures: SessionFigures;
}

/** The moment to note before inputs are read, ns since 1970. */
export const nowNs = (): string => (BigInt(Date.now()) * 1_000_000n).toString();

/**
 * The figures kept in a session's folder, when they are those that an analysis would give now. Inputs whose size and time are as they were are not read;
 * those that only look different are read, and what they look like now is noted.
 *
 * @param names of the folder's inputs
 * @returns null where there are none, or they are of other inputs, options or another version
 */
export const readFigures = async (
  folder: string,
  names: readonly string[],
  context: FiguresContext,
): Promise<KeptFigures | null> => {
  const { counters, signal, acceptsFigures = () => true } = context;
  const file = await readJson(join(folder, NAME), LIMIT);
  if (file.kind === 'absent') return null;
  if (file.kind === 'object' && !hasKey(file.value, context)) return null;
  const parsed = file.kind === 'object' ? keptSchema.safeParse(file.value) : null;
  if (parsed?.success !== true || !acceptsFigures(parsed.data.figures)) {
    counters.add(IGNORED);
    return null;
  }
  const kept = parsed.data;
  if (!isSameList(names, kept.inputs)) return null;
  const hashedNs = nowNs();
  const inputs: HashedInput[] = [];
  for (const input of kept.inputs) {
    const current = await currentInput(folder, input, kept.hashedNs, signal);
    if (current === null) return null;
    inputs.push(current);
  }
  if (inputs.every((input, i) => input === kept.inputs[i])) return kept;
  const refreshed = { inputs, hashedNs, figures: kept.figures };
  await keepFigures(folder, refreshed, context);
  return refreshed;
};

/** Put figures into their session's folder. Where that is not possible it is counted. */
export const keepFigures = async (
  folder: string,
  { inputs, hashedNs, figures }: KeptFigures,
  { version, request, counters }: FiguresContext,
): Promise<void> => {
  const content = { format: FORMAT, version, request, inputs, hashedNs, figures };
  try {
    await writeWhole(join(folder, NAME), `${JSON.stringify(content)}\n`);
  } catch (error) {
    if (codeOf(error) === 'an error') throw error;
    counters.add(NOT_KEPT);
  }
};

/** Those of another version may have any form. */
const hasKey = (file: Readonly<Record<string, unknown>>, { version, request }: FiguresContext): boolean =>
  file['format'] === FORMAT && file['version'] === version && canonicalJson(file['request']) === canonicalJson(request);

/** An input as it is now: the same object where it did not have to be read, null where it is another. */
const currentInput = async (
  folder: string,
  input: HashedInput,
  hashedNs: string,
  signal: AbortSignal | undefined,
): Promise<HashedInput | null> => {
  const state = await stateOf(folder, input.name);
  if (state?.bytes !== input.bytes) return null;
  const isSettled = BigInt(input.modifiedNs) + RACY_NS < BigInt(hashedNs);
  if (isSettled && isSameState(input, state)) return input;
  const read = await hashInput(folder, input.name, signal);
  return read?.sha256 === input.sha256 ? read : null;
};
