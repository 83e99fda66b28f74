import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { hush } from './hush.js';
import { send } from './send.js';

/** A program that runs until it is told to end. */
export interface ToolPlan {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A file in the recording's folder, or `pipe` where this program reads it. */
  readonly stdout: string | null;
  /** A file in the recording's folder. */
  readonly stderr: string;
  /** Whether it is told to record no more some time before it is told to end: see {@link hush}. */
  readonly isHushed?: boolean;
  /** What tells it to end. */
  readonly end: 'SIGINT' | 'SIGTERM' | 'close-stdin';
  /** How long it may take to end when it was told to (ms). */
  readonly patienceMs: number;
}

export interface ToolEnd {
  readonly exit: number | null;
  readonly signal: string | null;
  /** Why it could not be started. */
  readonly error: string | null;
}

/** A tool that was started. */
export class Tool {
  readonly plan: ToolPlan;
  /** When it has ended, whoever ended it. */
  readonly ended: Promise<ToolEnd>;
  readonly #child: ChildProcess;
  #end: ToolEnd | null = null;
  #told = false;

  /**
   * @param folder where its files go
   * @param mark the recording's environment
   * @param output whether this program reads its stdout instead of a file
   */
  constructor(
    plan: ToolPlan,
    folder: string,
    mark: Readonly<Record<string, string>>,
    output: 'file' | 'pipe' = 'file',
  ) {
    this.plan = plan;
    const [program = '', ...args] = plan.argv;
    const open = (name: string): number => openSync(`${folder}/${name}`, 'a', 0o600);
    const stdout = output === 'file' && plan.stdout !== null ? open(plan.stdout) : null;
    const stderr = open(plan.stderr);
    this.#child = spawn(program, args, {
      stdio: [
        plan.end === 'close-stdin' ? 'pipe' : 'ignore',
        output === 'pipe' ? 'pipe' : (stdout ?? 'ignore'),
        stderr,
      ],
      env: { ...process.env, ...plan.env, ...mark },
      detached: true,
      cwd: folder,
    });
    if (stdout !== null) closeSync(stdout);
    closeSync(stderr);
    this.#child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const settle = (end: ToolEnd): void => {
        this.#end ??= end;
        resolve(this.#end);
      };
      this.#child.on('error', (error: NodeJS.ErrnoException) => {
        settle({ exit: null, signal: null, error: error.code ?? error.message });
      });
      this.#child.on('exit', (exit, signal) => {
        settle({ exit, signal, error: null });
      });
    });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Its stdout, where this program reads it. */
  get output(): Readable | null {
    return this.#child.stdout;
  }

  /** How it ended; null while it runs. */
  get end(): ToolEnd | null {
    return this.#end;
  }

  /** Whether it was told to end. */
  get told(): boolean {
    return this.#told;
  }

  /** Send it a signal that does not end it. */
  send(signal: NodeJS.Signals): void {
    if (this.#end === null && this.pid !== null) send(this.pid, signal);
  }

  /** End it: politely, so that it writes what it holds, then surely, with whatever it started. */
  async stop(): Promise<ToolEnd> {
    this.#told = true;
    const { pid } = this.#child;
    if (this.#end !== null || pid === undefined) return this.ended;
    if (this.plan.isHushed === true) await Promise.race([this.ended, hush(pid)]);
    if (this.plan.end === 'close-stdin') this.#child.stdin?.end();
    else send(pid, this.plan.end);
    send(pid, 'SIGCONT');
    const patience = new AbortController();
    await Promise.race([
      this.ended,
      sleep(this.plan.patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    send(-pid, 'SIGKILL');
    return this.ended;
  }
}

/** How a tool ended, for people. */
export const describeEnd = ({ exit, signal, error }: ToolEnd): string =>
  error !== null
    ? `could not be started (${error})`
    : signal !== null
      ? `was ended by ${signal}`
      : `ended with exit code ${String(exit)}`;
