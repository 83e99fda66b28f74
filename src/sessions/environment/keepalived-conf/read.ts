import { posix } from 'node:path';
import type { Machine, Refusal } from '../machine.js';
import { stripComment } from './comments.js';
import { Definitions, parseDefinition } from './definitions.js';
import { expandGlob } from './glob.js';
import { splitWords } from './words.js';

/** A configuration with everything replaced and included, as keepalived acts on it. */
export interface ConfText {
  /** Without comments, blank lines, definitions, and lines for other machines. */
  readonly lines: readonly string[];
  /** What every parameter stands for at the end. */
  readonly definitions: readonly (readonly [name: string, text: string])[];
  /** Files that were read. */
  readonly files: number;
  /** Files that could not be read, or were too many or too deep: how many, by why. */
  readonly unreadFiles: Readonly<Partial<Record<Refusal | 'limit', number>>>;
  /** Lines that were left out for being a sequence (`~SEQ`), or past a limit. */
  readonly leftOut: number;
}

const MAX_DEPTH = 8;
const MAX_FILES = 200;
const MAX_LINES = 100_000;

class Reader {
  readonly lines: string[] = [];
  readonly definitions = new Definitions();
  readonly unreadFiles: Partial<Record<Refusal | 'limit', number>> = {};
  files = 0;
  leftOut = 0;
  readonly #machine: Machine;
  readonly #configId: string;
  #work = 0;

  constructor(machine: Machine, configId: string) {
    this.#machine = machine;
    this.#configId = configId;
  }

  async readFile(path: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH || this.files >= MAX_FILES) {
      this.#countUnread('limit');
      return;
    }
    const reading = await this.#machine.read(path);
    if (!reading.ok) {
      this.#countUnread(reading.why);
      return;
    }
    this.files++;
    this.definitions.define('_PWD', [posix.dirname(path)]);
    for (const logical of joinLines(reading.text)) await this.#take(logical, path, depth);
    this.definitions.define('_PWD', [posix.dirname(path)]);
  }

  /** One line as it stands in a file, or several of a definition. */
  async #take(parts: readonly string[], path: string, depth: number): Promise<void> {
    const queue: (readonly string[])[] = [parts];
    while (queue.length > 0) {
      const [first = '', ...rest] = queue.shift() ?? [];
      if (++this.#work > MAX_LINES) {
        this.leftOut++;
        return;
      }
      const line = this.#chooseLine(first.trim());
      if (line === null || line === '') continue;
      const definition = parseDefinition(line);
      if (definition) {
        this.definitions.define(
          definition.name,
          [definition.text, ...rest].filter((text, at) => at > 0 || text !== ''),
        );
        continue;
      }
      if (rest.length > 0) {
        queue.unshift([[line, ...rest].join(' ')]);
        continue;
      }
      const replaced = this.definitions.substitute(line);
      if (replaced) queue.unshift(...replaced.map((text) => [text]));
      else if (line.startsWith('~')) this.leftOut++;
      else await this.#emit(line, path, depth);
    }
  }

  /** `@main rest`, `@^main rest`: the rest, when it is for this machine. */
  #chooseLine(line: string): string | null {
    if (!line.startsWith('@')) return line;
    const [, not, id, rest] = /^@(\^?)(\S*)\s+(.*)$/s.exec(line) ?? [];
    if (id === undefined || rest === undefined) return null;
    return (id === this.#configId) === (not === '') ? this.#chooseLine(rest.trim()) : null;
  }

  async #emit(line: string, path: string, depth: number): Promise<void> {
    const [keyword = '', pattern, ...more] = /^include/.test(line) ? splitWords(line) : [];
    if (/^include[rmwba]?$/.test(keyword) && pattern !== undefined && more.length === 0) {
      for (const file of await expandGlob(this.#machine, posix.resolve(posix.dirname(path), pattern))) {
        await this.readFile(file, depth + 1);
      }
      this.definitions.define('_PWD', [posix.dirname(path)]);
      return;
    }
    this.lines.push(line);
  }

  #countUnread(why: Refusal | 'limit'): void {
    this.unreadFiles[why] = (this.unreadFiles[why] ?? 0) + 1;
  }
}

/** Lines without comments; one that a backslash continues is together with those that follow. */
const joinLines = (text: string): string[][] => {
  const logical: string[][] = [];
  let open: string[] | null = null;
  for (const line of text.split(/\r\n|[\r\n]/)) {
    const bare = stripComment(line);
    if (open) open.push(bare.text);
    else if (bare.text !== '' || bare.continued) logical.push((open = [bare.text]));
    if (!bare.continued) open = null;
  }
  return logical;
};

/**
 * Read a configuration and what it includes (wildcards too, eight levels deep, 200 files), follow its conditions and
 * replace its parameters. Sequences (`~SEQ`) are left out and counted.
 *
 * @param configId what lines with `@` are compared with
 */
export const readConf = async (machine: Machine, path: string, configId: string): Promise<ConfText> => {
  const reader = new Reader(machine, configId);
  reader.definitions.define('_INSTANCE', [configId]);
  reader.definitions.define('_HASH', ['#']);
  await reader.readFile(path, 0);
  return {
    lines: reader.lines,
    definitions: reader.definitions.given,
    files: reader.files,
    unreadFiles: reader.unreadFiles,
    leftOut: reader.leftOut + (reader.definitions.exhausted ? 1 : 0),
  };
};
