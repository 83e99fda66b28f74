import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { finishFolder } from '../folder/finish.js';
import { MESSAGES } from '../folder/render.js';
import { writeSessionJson, type SessionJson } from '../folder/session-json.js';
import type { RunPlan } from '../plan/plan.js';
import { collectAll } from '../recording/collect.js';
import type { RunContext } from '../recording/context.js';
import type { Ending } from '../recording/ending.js';
import { Instruments, takeSnapshot } from '../recording/instruments.js';
import { makeFill } from '../recording/runtime-values.js';
import { wallNs } from '../recording/wall-clock.js';
import { makeWatch, watchBytes } from '../recording/watch-capture.js';
import { whileRecording } from '../recording/while-recording.js';
import type { SeenLate } from '../watch/late-watch.js';
import { keepSpan, type Span } from './keep-span.js';
import { beginLate, lateName } from './late-folder.js';
import { LostLines } from './lost-lines.js';
import { RING, snapshotOf } from './ring-parts.js';
import { Ring } from './ring.js';

/** What is wanted of the ring has arrived there this much later (ms): tools hold back what they print, and read late. */
const SETTLE_MS = 3_000;
/** Parts of at least this length (ms); each begins with a look at all descriptors. */
const LEAST_PART_MS = 5_000;

/** A span that is to be kept, and how many late advertisements are in it. */
interface Wanted {
  fromMs: number;
  toMs: number;
  lateSeen: SessionJson['lateSeen'];
}

/** Record in a ring; of every late advertisement keep what lies around it, and go on. */
export const runFlight = async (
  run: RunPlan,
  context: RunContext,
  session: SessionJson,
  ending: Ending,
  mark: Readonly<Record<string, string>>,
): Promise<void> => {
  const { plan, tracer, host } = context;
  if (plan.flight === null) return;
  const { folder } = run;
  const keepMs = plan.flight.keepNs / 1e6;
  await mkdir(join(folder, RING), { recursive: true });
  const tee = new Tee();
  const ring = new Ring({
    folder,
    limitBytes: plan.flight.ringBytes,
    partMs: Math.max(LEAST_PART_MS, keepMs / 2),
    isRaw: tracer === 'bpftrace',
    onTracePart: (path) => {
      if (tracer !== 'bpftrace') return;
      takeSnapshot(snapshotOf(path), mark).catch(() => {
        if (!ending.signal.aborted)
          session.notes.push('the descriptors at the begin of a part of the trace are not known');
      });
    },
    listen: (stream, chunk) => {
      if (stream === `capture.${plan.watched}`) tee.push(chunk);
    },
    onFailure: (message) => {
      ending.bring('failed', message);
    },
  });
  const instruments = new Instruments(folder, mark, ending, ring);
  const lost = new LostLines(join(folder, MESSAGES));
  const keeping = new Keeping({ run, context, session, ending, mark, lost, instruments, keepMs });
  try {
    await instruments.start(run, plan, tracer);
    if (ending.signal.aborted) return;
    session.startNs = wallNs().toString();
    session.tools = await instruments.describe();
    await writeSessionJson(folder, session);
    host.say(`recording in a ring in ${folder}; Ctrl-C ends it`);
    ending.signal.addEventListener('abort', () => {
      tee.end();
    });
    await whileRecording(run, context, session, ending, mark, (onLate) =>
      watchBytes(tee, makeWatch(plan), (late) => {
        onLate(late);
        keeping.want(late, plan.watched);
      }),
    );
  } finally {
    session.endNs = wallNs().toString();
    await keeping.finish();
    lost.stop();
    host.say('ending the tools');
    await instruments.stop();
    await ring.drained();
    session.tools = await instruments.describe();
  }
};

interface KeepingTools {
  readonly run: RunPlan;
  readonly context: RunContext;
  readonly session: SessionJson;
  readonly ending: Ending;
  readonly mark: Readonly<Record<string, string>>;
  readonly lost: LostLines;
  readonly instruments: Instruments;
  /** Before and after each late advertisement. */
  readonly keepMs: number;
}

/** Keeps spans of the ring, one after the other; late advertisements close to each other share one. */
class Keeping {
  readonly #tools: KeepingTools;
  #wanted: Wanted | null = null;
  #work: Promise<void> = Promise.resolve();
  #kept = 0;

  constructor(tools: KeepingTools) {
    this.#tools = tools;
  }

  want({ atNs, previousNs, latenessNs }: SeenLate, at: string): void {
    const fromMs = Number(previousNs / 1_000_000n) - this.#tools.keepMs;
    const toMs = Number(atNs / 1_000_000n) + this.#tools.keepMs;
    const seen = { atNs: String(atNs), latenessNs: String(latenessNs), at };
    if (this.#wanted !== null) {
      this.#wanted.toMs = Math.max(this.#wanted.toMs, toMs);
      this.#wanted.lateSeen.push(seen);
      return;
    }
    const wanted: Wanted = { fromMs, toMs, lateSeen: [seen] };
    this.#wanted = wanted;
    this.#work = this.#work.then(() => this.#keepWhenOver(wanted));
  }

  /** Keep what is still wanted, at once. */
  async finish(): Promise<void> {
    await this.#work;
  }

  async #keepWhenOver(wanted: Wanted): Promise<void> {
    const over = (): number => wanted.toMs + SETTLE_MS - Date.now();
    while (over() > 0 && !this.#tools.ending.signal.aborted)
      await sleep(Math.min(over(), 1_000), undefined, { signal: this.#tools.ending.signal }).catch(() => undefined);
    this.#wanted = null;
    try {
      await this.#keep(wanted, { fromMs: wanted.fromMs, toMs: Math.min(wanted.toMs, Date.now()) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#tools.session.notes.push(`a late advertisement could not be kept: ${message}`);
    }
  }

  async #keep({ lateSeen }: Wanted, span: Span): Promise<void> {
    const { run, context, session, mark, lost, instruments } = this.#tools;
    const { host, journal, plan } = context;
    const name = lateName(++this.#kept, Number(BigInt(lateSeen[0]?.atNs ?? '0') / 1_000_000n));
    const target = join(run.folder, name);
    host.say(`keeping ${target}`);
    await journal.noteFolder(target);
    await instruments.askForStatistics();
    const lostLines = await lost.within(span.fromMs, span.toMs + SETTLE_MS);
    await keepSpan(run.folder, target, beginLate(session, name, 'finished', lateSeen), span, lostLines);
    const fill = makeFill({ ...run, folder: target }, plan, session);
    const failures = await collectAll(run.collect, target, fill, mark);
    const finished = await finishFolder(target, { outcome: 'finished', reason: null });
    const notes = [...(finished.session?.notes ?? []), ...failures, ...finished.failures];
    session.notes.push(...notes.map((note) => `${name}: ${note}`));
    await journal.dropFolder(target);
  }
}

/** Bytes pushed on the one side, pulled on the other. */
class Tee implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #wake: () => void = () => undefined;
  #ended = false;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) yield chunk;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
