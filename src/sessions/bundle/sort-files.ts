import { readdir } from 'node:fs/promises';
import { inputErrorOf, nameOfPath } from '../../sources/open.js';
import { InputError } from '../../model/input-error.js';

/** What a file of a session folder is to a bundle. */
export type FileKind =
  | 'configuration'
  | 'log'
  | 'capture'
  | 'statistics'
  | 'vitals'
  | 'trace'
  | 'environment'
  | 'session'
  /** Not known to be harmless. */
  | 'other';

export interface SortedFile {
  readonly name: string;
  readonly kind: FileKind;
}

const KINDS: readonly (readonly [FileKind, RegExp])[] = [
  ['session', /^session\.json$/],
  ['environment', /^environment\.json$/],
  ['configuration', /^[\w.-]*keepalived[\w.-]*\.conf$/],
  ['statistics', /^(?:trace|capture\.[\w.-]+)\.stats\.txt$/],
  ['capture', /^capture\.[\w.-]+\.(?:pcap|pcapng|txt)(?:\.gz|\.zst)?$/],
  ['vitals', /^vitals\.ndjson(?:\.gz|\.zst)?$/],
  ['trace', /^trace\.(?:jsonl|ndjson|json)(?:\.gz|\.zst)?$/],
  ['log', /^(?:[\w-]*keepalived[\w.-]*\.log|(?:syslog|journal|messages)[\w.-]*\.(?:log|txt|json|jsonl))(?:\.gz|\.zst)?$/],
]; // prettier-ignore

/** A longer name does not fit into an archive's header beside the folder's. */
const LONGEST_NAME = 60;

const kindOf = (name: string): FileKind =>
  name.length > LONGEST_NAME ? 'other' : (KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other');

/**
 * The files of a session folder by their names, sorted; folders in it are `other`.
 *
 * @throws InputError where it cannot be read, or holds nothing that a bundle is made of
 */
export const sortFiles = async (folder: string): Promise<SortedFile[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
      ? new InputError('is no session folder', nameOfPath(folder), 'give the folder a recording left')
      : inputErrorOf(error, folder);
  });
  const files = entries
    .map((entry): SortedFile => ({ name: entry.name, kind: entry.isFile() ? kindOf(entry.name) : 'other' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (files.every(({ kind }) => kind === 'other')) {
    throw new InputError(
      'holds nothing that a recording leaves',
      nameOfPath(folder),
      'give a session folder; of a flight recorder one of the folders in it',
    );
  }
  return files;
};
