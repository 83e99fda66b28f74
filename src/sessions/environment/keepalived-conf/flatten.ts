import { isIP } from 'node:net';
import { isSecretName, isSecretValue, WITHHELD } from '../secrets.js';
import type { Setting } from '../snapshot.js';
import { namePart } from '../snapshot.js';
import { CHECKERS, isMailKeyword, isScriptKeyword, LISTS, UNITS, WORD_LISTS } from './rules.js';
import type { ConfNode } from './tree.js';

/** A configuration as settings, with what was kept back. */
export interface FlatConf {
  readonly settings: ReadonlyMap<string, Setting>;
  /** Keywords kept back as secrets. */
  readonly withheld: number;
  /** Lines that do not begin with a keyword. */
  readonly notUnderstood: number;
}

const KEYWORD = /^[A-Za-z][\w-]{0,47}$/;

/** `on`, `yes`, `true` are the same, and so is the keyword alone. */
const valueOf = (args: readonly string[]): Setting => {
  const text = args.join(' ');
  if (/^(?:|on|yes|true)$/.test(text)) return true;
  if (/^(?:off|no|false)$/.test(text)) return false;
  return /^[+-]?\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : text;
};

/** Arguments up to the first that smells of a secret: what follows it may be the secret. */
const showArguments = (args: readonly string[]): string[] => {
  const secret = args.findIndex((arg) => isSecretName(arg) || isSecretValue(arg));
  return secret < 0 ? [...args] : [...args.slice(0, secret), WITHHELD];
};

class Flattener {
  readonly settings = new Map<string, Setting>();
  withheld = 0;
  notUnderstood = 0;

  block(prefix: string, nodes: readonly ConfNode[]): void {
    let previous: ConfNode | null = null;
    for (const node of nodes) {
      // A secret keyword without its secret has it in the next line.
      const isOrphan =
        previous?.words.length === 1 && previous.children === null && isSecretName(previous.words[0] ?? '');
      if (node.behindSecret || isOrphan) this.withheld++;
      else this.#node(prefix, node);
      previous = node;
    }
  }

  #node(prefix: string, { words, children }: ConfNode): void {
    const [keyword = '', ...args] = words;
    const name = `${prefix}.${namePart(keyword)}`;
    if (keyword === 'authentication') this.#authentication(prefix, children ?? []);
    else if (keyword === 'auth_type') this.#authenticationType(prefix, args);
    else if (!KEYWORD.test(keyword)) this.notUnderstood++;
    else if (isSecretName(keyword) || keyword === 'SSL') this.withheld++;
    else if (isScriptKeyword(keyword)) this.#put(name, true);
    else if (keyword === 'smtp_server') this.#mailServer(name, args);
    else if (LISTS.has(keyword)) this.#put(`${name}_count`, countEntries(keyword, args, children ?? []));
    else if (isMailKeyword(keyword)) this.#put(name, true);
    else if (/^virtual_server/.test(keyword)) this.#virtualServer(prefix, children ?? []);
    else if (children) this.block(args[0] === undefined ? name : `${name}.${this.#label(args[0])}`, children);
    else this.#leaf(name, keyword, args);
  }

  #leaf(name: string, keyword: string, args: readonly string[]): void {
    const shown = showArguments(args);
    if (shown.includes(WITHHELD)) this.withheld++;
    const unit = UNITS[keyword];
    this.#put(unit === undefined ? name : `${name}_${unit}`, valueOf(shown));
  }

  /** Nothing but the type is ever told of this block. */
  #authentication(prefix: string, children: readonly ConfNode[]): void {
    for (const { words, behindSecret } of children) {
      if (words[0] === 'auth_type' && !behindSecret) this.#authenticationType(prefix, words.slice(1));
      else this.withheld++;
    }
  }

  #authenticationType(prefix: string, args: readonly string[]): void {
    const type = args[0] ?? '';
    this.#put(`${prefix}.auth_type`, type === 'PASS' || type === 'AH' ? type : 'other');
    if (args.length > 1) this.withheld++;
  }

  /** A mail server by name asks the resolver, which may hold up the sender for its whole time limit. */
  #mailServer(name: string, args: readonly string[]): void {
    this.#put(`${name}_kind`, isIP(args[0] ?? '') === 0 ? 'name' : 'address');
  }

  #virtualServer(prefix: string, children: readonly ConfNode[]): void {
    this.#count(`${prefix}.virtual_server_count`);
    const visit = (nodes: readonly ConfNode[]): void => {
      for (const { words, children: inner } of nodes) {
        const keyword = words[0] ?? '';
        if (keyword === 'real_server') this.#count(`${prefix}.real_server_count`);
        if (CHECKERS.has(keyword)) this.#count(`${prefix}.checker_count.${keyword}`);
        if (inner) visit(inner);
      }
    };
    visit(children);
  }

  #label(text: string): string {
    return isSecretValue(text) ? 'withheld' : namePart(text);
  }

  #count(name: string): void {
    this.settings.set(name, Number(this.settings.get(name) ?? 0) + 1);
  }

  /** A keyword that is repeated keeps all its values. */
  #put(name: string, value: Setting): void {
    const earlier = this.settings.get(name);
    if (earlier === undefined || earlier === value) this.settings.set(name, value);
    else if (name.endsWith('_count')) this.settings.set(name, Number(earlier) + Number(value));
    else this.settings.set(name, `${String(earlier)} | ${String(value)}`);
  }
}

const countEntries = (keyword: string, args: readonly string[], children: readonly ConfNode[]): number =>
  children.reduce((count, { words }) => count + (WORD_LISTS.has(keyword) ? words.length : 1), 0) +
  (children.length === 0 && args.length > 0 ? 1 : 0);

/** Every word that must not be shown wherever else it stands: what follows a secret keyword, and what addresses people. */
export const collectSecrets = (nodes: readonly ConfNode[], within = false): string[] =>
  nodes.flatMap(({ words, children, behindSecret }) => {
    const [keyword = '', ...args] = words;
    const secret = within || behindSecret || keyword === 'SSL' || (isSecretName(keyword) && keyword !== 'auth_type');
    const mail = isMailKeyword(keyword);
    const own = secret && keyword !== 'authentication' ? args : args.filter((arg) => mail || isSecretValue(arg));
    return [...own, ...collectSecrets(children ?? [], (secret && keyword !== 'authentication') || mail)];
  });

/** Settings of a tree, by dotted names below `keepalived`. Secrets, commands and addresses of people are not in them. */
export const flattenConf = (nodes: readonly ConfNode[]): FlatConf => {
  const flattener = new Flattener();
  flattener.block('keepalived', nodes);
  return flattener;
};
