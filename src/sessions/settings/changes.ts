import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { codeOf } from '../folder/files.js';
import { runCommand } from '../processes/run-command.js';
import { onHost } from '../processes/ssh.js';
import type { ChangeScript } from '../script/schema.js';

/** A setting that a recording changes, in the form in which it can be applied and undone. */
export type Change =
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly value: string }
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly apply: readonly string[];
      readonly restore: readonly string[];
    };

/** A change with what is needed to undo it, as the journal keeps it. */
export type Undo =
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly before: string | null }
  | { readonly kind: 'command'; readonly name: string; readonly restore: readonly string[] };

const COMMAND_TIMEOUT_MS = 60_000;

/** What a setting of a script changes. */
export const toChange = (script: ChangeScript): Change => {
  if ('sysctl' in script) {
    const path = `/proc/sys/${script.sysctl.includes('/') ? script.sysctl : script.sysctl.replaceAll('.', '/')}`;
    return { kind: 'file', name: script.sysctl, path, value: script.value };
  }
  if ('file' in script) return { kind: 'file', name: script.file, path: script.file, value: script.value };
  const { apply, restore, host } = script;
  const place = (argv: readonly string[]): readonly string[] => (host === undefined ? argv : onHost(host, argv));
  return { kind: 'command', name: apply.join(' '), apply: place(apply), restore: place(restore) };
};

/** Files of the kernel: one setting, in which the choice that is in force may stand in brackets among the others. */
const isKernelFile = (path: string): boolean => path.startsWith('/sys/') || path.startsWith('/proc/');

/**
 * What undoes a change, read before it is made.
 *
 * @throws Error when the setting cannot be read
 */
export const prepareUndo = async (change: Change): Promise<Undo> => {
  if (change.kind === 'command') return { kind: 'command', name: change.name, restore: change.restore };
  const { name, path } = change;
  return { kind: 'file', name, path, before: await readSetting(path) };
};

/** @returns null where there is no such file */
const readSetting = async (path: string): Promise<string | null> => {
  try {
    const text = await readFile(path, 'utf8');
    if (!isKernelFile(path)) return text;
    return (/\[([^\]]+)\]/.exec(text)?.[1] ?? text).trimEnd();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !isKernelFile(path)) return null;
    throw new Error(`the setting ${path} cannot be read (${codeOf(error)})`, { cause: error });
  }
};

/**
 * Make a change.
 *
 * @throws Error when it cannot be made, or is not in force afterwards
 */
export const applyChange = async (
  change: Change,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> => {
  if (change.kind === 'file') {
    await writeSetting(change.path, change.value);
    return;
  }
  const { exit, how } = await runCommand(change.apply, { env, timeoutMs: COMMAND_TIMEOUT_MS, signal });
  if (exit !== 0) throw new Error(`the setting '${change.name}' ${how === 'ok' ? `failed with ${String(exit)}` : how}`);
};

/**
 * Undo a change, also one that was not made.
 *
 * @throws Error when it cannot be undone
 */
export const undoChange = async (undo: Undo): Promise<void> => {
  if (undo.kind === 'file') {
    if (undo.before === null) await rm(undo.path, { force: true });
    else await writeSetting(undo.path, undo.before);
    return;
  }
  const { exit, how } = await runCommand(undo.restore, { timeoutMs: COMMAND_TIMEOUT_MS });
  if (exit !== 0)
    throw new Error(`what undoes '${undo.name}' ${how === 'ok' ? `failed with exit code ${String(exit)}` : how}`);
};

const writeSetting = async (path: string, value: string): Promise<void> => {
  const text = isKernelFile(path) || value.endsWith('\n') || value === '' ? value : `${value}\n`;
  try {
    if (isKernelFile(path)) await stat(path);
    await writeFile(path, text);
  } catch (error) {
    throw new Error(`the setting ${path} cannot be written (${codeOf(error)})`, { cause: error });
  }
  if (!isKernelFile(path)) return;
  const now = await readSetting(path);
  if (words(now ?? '') !== words(value))
    throw new Error(`the setting ${path} is ${JSON.stringify(now)} after ${JSON.stringify(value)} was written`);
};

const words = (text: string): string => text.trim().split(/\s+/).join(' ');

/** Whether a reboot has undone it by itself. */
export const isUndoneByReboot = (undo: Undo): boolean => undo.kind === 'file' && isKernelFile(undo.path);
