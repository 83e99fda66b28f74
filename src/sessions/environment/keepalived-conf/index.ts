import type { Machine } from '../machine.js';
import { isSecretName, WITHHELD } from '../secrets.js';
import type { Setting } from '../snapshot.js';
import { collectSecrets, flattenConf } from './flatten.js';
import type { ConfText } from './read.js';
import { readConf } from './read.js';
import { parseTree } from './tree.js';

/** The settings of a keepalived configuration, and what is not among them. */
export interface ConfSettings {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly unreadFiles: ConfText['unreadFiles'];
}

/** A word this short may stand anywhere by chance. */
const MIN_SECRET = 4;

/** The value, or that it holds a secret which is known from elsewhere in the configuration. */
const scrub = (value: Setting, secrets: readonly string[]): Setting =>
  secrets.some((secret) => String(value) === secret || (typeof value === 'string' && value.includes(secret)))
    ? WITHHELD
    : value;

/**
 * Read a keepalived configuration as flat settings below `keepalived`.
 *
 * @param configId what its lines with `@` are compared with
 */
export const readConfSettings = async (machine: Machine, path: string, configId: string): Promise<ConfSettings> => {
  const text = await readConf(machine, path, configId);
  const tree = parseTree(text.lines);
  const flat = flattenConf(tree.nodes);
  const defined = text.definitions.flatMap(([name, value]) => (isSecretName(name) ? value.split(/\s+/) : []));
  const secrets = [...new Set([...collectSecrets(tree.nodes), ...defined])].filter((word) => word.length >= MIN_SECRET);
  const settings = new Map<string, Setting>();
  for (const [name, value] of flat.settings) {
    const dirty = secrets.some((secret) => name.includes(secret));
    settings.set(dirty ? 'keepalived.name_withheld' : name, dirty ? true : scrub(value, secrets));
  }
  if (text.files > 0) {
    settings.set('keepalived.conf.files_count', text.files);
    settings.set('keepalived.conf.withheld_count', flat.withheld);
    settings.set('keepalived.conf.not_understood_count', flat.notUnderstood + text.leftOut);
    settings.set('keepalived.conf.unbalanced_braces_count', tree.unbalanced);
  }
  return { settings, unreadFiles: text.unreadFiles };
};
