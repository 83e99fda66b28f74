import { isIP } from 'node:net';
import { collectSecrets } from '../environment/keepalived-conf/flatten.js';
import { readConf } from '../environment/keepalived-conf/read.js';
import { isMailKeyword, isScriptKeyword, LISTS } from '../environment/keepalived-conf/rules.js';
import { parseTree, type ConfNode } from '../environment/keepalived-conf/tree.js';
import type { Machine } from '../environment/machine.js';
import { isSecretName, isSecretValue, WITHHELD } from '../environment/secrets.js';

/** A configuration that may be shown. */
export interface CleanConf {
  readonly text: string;
  /** Words of it that must not be shown wherever else they stand. */
  readonly secrets: readonly string[];
}

type Note = (what: string, count?: number) => void;

const PATH = '/keepalived.conf';

/** A machine that has this one file: what it includes is not looked for, since it would be another machine's. */
const machineWith = (text: string): Machine => ({
  read: (path) => Promise.resolve(path === PATH ? { ok: true, text } : { ok: false, why: 'absent' }),
  readBytes: () => Promise.resolve(null),
  list: () => Promise.resolve({ ok: false, why: 'absent' }),
  link: () => Promise.resolve(null),
  run: () => Promise.resolve({ kind: 'missing' }),
});

const quoteWord = (word: string): string =>
  /^[^\s"'{}#!\\]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;

/** The value of a script keyword: with its arguments, which are known as one text where they are more than a word. */
const collectArguments = (nodes: readonly ConfNode[]): string[] =>
  nodes.flatMap(({ words, children }) => {
    const [keyword = '', ...args] = words;
    const inner = collectArguments(children ?? []);
    if (!isScriptKeyword(keyword)) return inner;
    const [, ...behind] = args.join(' ').split(' ');
    const hidden = behind.filter((word, index) => isSecretValue(word) || isSecretName(behind[index - 1] ?? ''));
    return [...inner, ...(behind.length > 1 ? [behind.join(' ')] : []), ...hidden];
  });

/** Secrets in lines that are not acted on: for other machines, and what was commented out. */
const collectElsewhere = (text: string): string[] =>
  text.split(/\r\n|[\r\n]/).flatMap((line) => {
    const bare = line.replace(/^\s*@\^?\S*\s+/, '').replace(/^[\s#!]+/, '');
    const [keyword = '', value, ...more] = bare.split(/[\s{}"']+/).filter((word) => word !== '');
    return value !== undefined && more.length === 0 && isSecretName(keyword) && keyword !== 'auth_type' ? [value] : [];
  });

class Writer {
  readonly lines: string[] = [];

  constructor(readonly note: Note) {}

  block(nodes: readonly ConfNode[], depth: number, isList: boolean): void {
    let previous: ConfNode | null = null;
    for (const node of nodes) {
      const isOrphan =
        previous?.words.length === 1 && previous.children === null && isSecretName(previous.words[0] ?? '');
      if (node.behindSecret || isOrphan) this.#withhold('what stands behind a secret', depth);
      else this.#node(node, depth, isList);
      previous = node;
    }
  }

  #node({ words, children }: ConfNode, depth: number, isList: boolean): void {
    const [keyword = '', ...args] = words;
    if (keyword === 'authentication') this.#authentication(children ?? [], depth);
    else if (keyword !== 'auth_type' && (isSecretName(keyword) || keyword === 'SSL')) this.#withhold('passwords and keys', depth);
    else if (isScriptKeyword(keyword)) this.#put(depth, [keyword, WITHHELD], 'commands, their arguments, and whom they run as');
    else if (isMailKeyword(keyword)) this.#put(depth, [keyword, WITHHELD], 'addresses of people');
    else if (keyword === 'smtp_server') this.#put(depth, [keyword, `(${isIP(args[0] ?? '') === 0 ? 'a name' : 'an address'})`], 'mail servers');
    else if (/^virtual_server/.test(keyword)) this.#put(depth, [keyword, WITHHELD], 'virtual servers with their checks');
    else if (!isList && !/^[A-Za-z][\w-]{0,47}$/.test(keyword)) this.#withhold('lines that are no settings', depth);
    else if (children === null) this.#put(depth, this.#show(words));
    else {
      this.#put(depth, [...this.#show(words).map(quoteWord), '{'], undefined, true);
      this.block(children, depth + 1, LISTS.has(keyword));
      this.#put(depth, ['}'], undefined, true);
    }
  } // prettier-ignore

  /** Only the type may be shown. */
  #authentication(children: readonly ConfNode[], depth: number): void {
    const type = children.find(({ words, behindSecret }) => words[0] === 'auth_type' && !behindSecret)?.words[1];
    const shown = type === 'PASS' || type === 'AH' ? [`auth_type ${type} `] : [];
    this.#put(depth, [`authentication { ${shown.join('')}}`], undefined, true);
    this.note('passwords and keys', children.filter(({ words }) => words[0] !== 'auth_type').length);
  }

  /** Words up to the first that smells of a secret: what follows it may be the secret. */
  #show(words: readonly string[]): string[] {
    const at = words.findIndex((word, index) => (index > 0 && isSecretName(word) && word !== 'auth_type') || isSecretValue(word));
    if (at < 0) return [...words];
    this.note('words that look like secrets');
    return [...words.slice(0, at), WITHHELD];
  } // prettier-ignore

  #withhold(what: string, depth: number): void {
    this.#put(depth, ['#', WITHHELD], what);
  }

  #put(depth: number, words: readonly string[], removed?: string, isWritten = false): void {
    if (removed !== undefined) this.note(removed);
    const shown = words.map((word) => (isWritten || word === WITHHELD || word === '#' ? word : quoteWord(word)));
    this.lines.push(`${'  '.repeat(depth)}${shown.join(' ')}`);
  }
}

/**
 * A keepalived configuration as keepalived acts on it, without what may be a secret: passwords, commands, addresses of people, comments. Parameters are
 * replaced; files it includes are not read. The rules are those of the settings snapshot (docs/environment.md).
 */
export const cleanConf = async (text: string, note: Note): Promise<CleanConf> => {
  const conf = await readConf(machineWith(text), PATH, '');
  const tree = parseTree(conf.lines);
  const defined = conf.definitions.flatMap(([name, value]) => (isSecretName(name) ? value.split(/\s+/) : []));
  const writer = new Writer(note);
  writer.block(tree.nodes, 0, false);
  note('comments', text.split('\n').filter((line) => /^\s*[#!]/.test(line)).length);
  note('lines for other machines (@...)', text.split('\n').filter((line) => /^\s*@/.test(line)).length);
  note('included files, which are not in the folder', conf.unreadFiles.absent ?? 0);
  return {
    text: writer.lines.map((line) => `${line}\n`).join(''),
    secrets: [...collectSecrets(tree.nodes), ...defined, ...collectArguments(tree.nodes), ...collectElsewhere(text)],
  };
};
