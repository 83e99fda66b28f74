import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A namespace to look into: a file of it, or null for the process's own. */
export type NamespaceFile = string | null;

/**
 * One `tc` that stays and is asked again and again (`-batch`), since there is no file to read queues from: some 50 us a question
 * instead of 3 ms for a process each. It ends with its standard input, and so with the process, however that ends.
 */
export class QdiscReader {
  readonly #child: ChildProcess;
  #answer: string | null = null;
  #hasEnded = false;

  /** @throws never: where `tc` or `nsenter` is missing there are no answers */
  constructor(namespace: NamespaceFile) {
    const tc = ['tc', '-s', '-j', '-batch', '-'];
    const [command = '', ...options] = namespace === null ? tc : ['nsenter', `--net=${namespace}`, ...tc];
    const child = spawn(command, options, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    child.on('error', () => (this.#hasEnded = true));
    child.on('exit', () => (this.#hasEnded = true));
    child.stdin.on('error', () => (this.#hasEnded = true));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('[')) this.#answer = line;
    });
  }

  /** Whether it will never answer again. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The answer to come is for {@link take}. */
  ask(): void {
    if (!this.#hasEnded) this.#child.stdin?.write('qdisc show\n');
  }

  /** What it answered since this was asked before; null for nothing. */
  take(): string | null {
    const answer = this.#answer;
    this.#answer = null;
    return answer;
  }

  close(): void {
    this.#child.stdin?.end();
  }
}
