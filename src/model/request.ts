import type { Answer } from './answer.js';
import type { Picture } from './picture.js';

/** What is late, and whose advertisements count; null: from the packets, all. */
export interface TimingRequest {
  /** Late when it leaves this many ns after it was due; null: 10 % of the interval, at least 5 ms. */
  lateAfterNs: number | null;
  /** Advertisement interval in ns; null: from the packets. */
  intervalNs: number | null;
  /** Priority of the backup, 1 to 254; null: the highest lower priority seen, else 100. */
  backupPriority: number | null;
  /** keepalived's `down_timer_adverts`; null: 3. */
  downTimerAdverts: number | null;
  /** Only this virtual router. */
  vrid: number | null;
  /** Only this sender's address; IPv6 in RFC 5952 form. */
  sender: string | null;
}

/** What `analyze` is asked: the inputs, what is assumed where they do not say, and what part of them counts. */
export interface AnalyzeRequest extends TimingRequest {
  /** Files and session folders recognised by their content; `-` is stdin. */
  files: string[];
  traces: string[];
  /** In order from the sender outward. */
  captures: { name: string | null; path: string }[];
  logs: string[];
  /** Closing statistics of recorders: whose they are (a capture's name, or `trace`; null: their content tells), and the file. */
  stats: { name: string | null; path: string }[];
  /** Only from this time on, ns since 1970 on the reference clock. */
  sinceNs: bigint | null;
  /** Only up to this time, ns since 1970 on the reference clock. */
  untilNs: bigint | null;
  /**
   * How a trace's rows are read: by a scanner over bytes, in WebAssembly where this Node can run it (`bytes`) or not
   * (`typescript`), or by the `ndjson` package. The answer is the same.
   */
  parser: TraceParser;
  /** How many threads may read a trace; null: as many as there are processors. */
  threads: number | null;
}

export type TraceParser = 'bytes' | 'typescript' | 'ndjson';

/** How far an analysis got. */
export interface AnalyzeProgress {
  bytes: number;
  events: number;
  /** Time of the last event read, ns since 1970 as a decimal string. */
  atNs: string | null;
}

/** Every gap of one instance that was judged, in order of time. */
export interface JudgedGaps {
  /** ns since 1970 on the reference clock; `at` counts from here. */
  readonly baseNs: bigint;
  /** When each gap ended (ns). */
  readonly at: Float64Array;
  /** How long each was (ns). */
  readonly gap: Float64Array;
  /** How much longer than the interval it was (ns); negative where it was shorter. */
  readonly lateness: Float64Array;
}

export interface AnalyzeHooks {
  onProgress?(progress: AnalyzeProgress): void;
  /** Called once for each late advertisement whose time before it is to be drawn; that this is there makes the analysis keep what it takes. */
  onPicture?(picture: Picture): void;
  /** Keep who ran on every CPU for the whole trace, so that pictures are whole where the sender was in time, too. Takes memory. */
  readonly everyPicture?: boolean;
  /** Called once, with the gaps of each instance of the answer. */
  onGaps?(gaps: readonly JudgedGaps[]): void;
  signal?: AbortSignal;
}

/**
 * The whole analysis.
 *
 * @throws InputError when an input cannot be used
 */
export type Analyze = (request: AnalyzeRequest, hooks?: AnalyzeHooks) => Promise<Answer>;

/** A whole request from the parts that matter; the rest as the command's defaults. */
export const requestOf = (parts: Partial<AnalyzeRequest>): AnalyzeRequest => ({
  files: [],
  traces: [],
  captures: [],
  logs: [],
  stats: [],
  lateAfterNs: null,
  intervalNs: null,
  backupPriority: null,
  downTimerAdverts: null,
  vrid: null,
  sender: null,
  sinceNs: null,
  untilNs: null,
  parser: 'bytes',
  threads: null,
  ...parts,
});
