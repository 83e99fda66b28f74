import { isSecretName } from '../secrets.js';
import { splitWords } from './words.js';

/** A keyword with its arguments, and its block if it has one. */
export interface ConfNode {
  readonly words: readonly string[];
  readonly children: ConfNode[] | null;
  /** Something secret stands before it in the same line: a password with a brace in it ends here. */
  readonly behindSecret: boolean;
}

export interface ConfTree {
  readonly nodes: readonly ConfNode[];
  /** Braces without their partner, and blocks nested too deep. */
  readonly unbalanced: number;
}

const MAX_DEPTH = 32;

/** A line cut at the braces outside of double quotes (keepalived, lib/parser.c, read_line). */
const cutAtBraces = (line: string): string[] => {
  const pieces: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') quoted = !quoted;
    if (quoted || (char !== '{' && char !== '}')) continue;
    pieces.push(line.slice(from, at).trim(), char);
    from = at + 1;
  }
  pieces.push(line.slice(from).trim());
  return pieces.filter((piece) => piece !== '');
};

/** The name of the block says nothing of what is in it. */
const smells = (word: string): boolean => word !== 'authentication' && isSecretName(word);

/** Lines as a tree of blocks. */
export const parseTree = (lines: readonly string[]): ConfTree => {
  const top: ConfNode[] = [];
  const open: ConfNode[][] = [top];
  let unbalanced = 0;
  for (const line of lines) {
    let behindSecret = false;
    for (const piece of cutAtBraces(line)) {
      const scope = open.at(-1) ?? top;
      if (piece === '}') {
        if (open.length > 1) open.pop();
        else unbalanced++;
        continue;
      }
      if (piece === '{') {
        if (open.length > MAX_DEPTH) {
          unbalanced++;
          continue;
        }
        const last = scope.at(-1);
        const children: ConfNode[] = [];
        if (last?.children === null) scope[scope.length - 1] = { ...last, children };
        else scope.push({ words: [''], children, behindSecret });
        open.push(children);
        continue;
      }
      const words = splitWords(piece);
      scope.push({ words, children: null, behindSecret });
      behindSecret ||= words.some(smells);
    }
  }
  return { nodes: top, unbalanced: unbalanced + open.length - 1 };
};
