import { readFile } from 'node:fs/promises';

const EVERY_MS = 1_000;

/** When bpftrace said that events were lost: it gives no time, so its messages are looked at again and again. */
export class LostLines {
  readonly #path: string;
  readonly #seen: { atMs: number; line: string }[] = [];
  #length = 0;
  #timer: ReturnType<typeof setInterval>;

  /** @param path of its messages */
  constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  /** What was said within; once more is looked before. */
  async within(fromMs: number, toMs: number): Promise<string[]> {
    await this.#look();
    return this.#seen.flatMap(({ atMs, line }) => (atMs >= fromMs && atMs <= toMs ? [line] : []));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const end = text.lastIndexOf('\n') + 1;
    if (end <= this.#length) return;
    const fresh = text.slice(this.#length, end);
    this.#length = end;
    for (const line of fresh.split('\n')) if (line.startsWith('Lost ')) this.#seen.push({ atMs: Date.now(), line });
  }
}
