/** Made-up sessions to compare. */
import { packLateness } from '../../src/comparison/lateness.js';
import type { Comparison } from '../../src/model/comparison.js';
import { compareSessions, type ComparisonOptions } from '../../src/comparison/compare-sessions.js';
import { CounterTable } from '../../src/model/counters.js';
import type { SessionFigures, SessionToCompare, Settings } from '../../src/model/session-figures.js';

export const SECOND = 1_000_000_000;
const BEGIN_NS = 1_700_000_000n * 1_000_000_000n;

export interface SessionFacts {
  /** Late ones among the gaps, each late by 200 ms and by this cause; those past master-down by 3 s. */
  readonly late?: number;
  readonly past?: number;
  readonly gaps?: number;
  readonly settings?: Settings;
  /** In seconds from a common begin; null: not known. */
  readonly startS?: number | null;
  readonly more?: Partial<SessionToCompare>;
  readonly figures?: Partial<SessionFigures>;
}

const ON_TIME_NS = 500_000;
const LATE_NS = 200_000_000;
const PAST_NS = 3_000_000_000;

let made = 0;

export const sessionOf = ({
  late = 0,
  past = 0,
  gaps = 3_600,
  settings = {},
  startS,
  more = {},
  figures = {},
}: SessionFacts): SessionToCompare => {
  made += 1;
  const lateness = new Float64Array(gaps).fill(ON_TIME_NS).fill(LATE_NS, 0, late).fill(PAST_NS, 0, past);
  const lateNs = lateness.subarray(0, late).reduce((sum, ns) => sum + ns, 0);
  const start = startS === null ? null : (BEGIN_NS + BigInt(startS ?? made * 4_000) * 1_000_000_000n).toString();
  return {
    path: `session-${String(made)}`,
    startNs: start,
    settings,
    hasSnapshot: true,
    unread: [],
    isCutOff: false,
    endedWhenLate: false,
    figures: {
      firstNs: start,
      lastNs: start,
      recordedNs: String(gaps * SECOND),
      routers: [],
      leftOut: [],
      advertisements: gaps + 1,
      gaps,
      lateness: packLateness(lateness),
      measuredAt: ['receiver'],
      late,
      pastMasterDown: past,
      takeovers: past,
      causes: late === 0 ? [] : [{ cause: 'cpu-contention', late, ns: String(lateNs) }],
      culprits:
        late === 0
          ? []
          : [
              {
                cause: 'cpu-contention',
                process: 'reindexer',
                syscall: null,
                target: null,
                late,
                ns: String(lateNs),
              },
            ],
      loss: [{ role: 'capture', name: 'receiver', known: true, dropped: 0, offered: gaps }],
      counters: [],
      ...figures,
    },
    from: 'analysed',
    ...more,
  };
};

/** Sessions with so many late ones each, with these settings. */
export const sessionsOf = (late: readonly number[], settings: Settings = {}): SessionToCompare[] =>
  late.map((count) => sessionOf({ late: count, settings }));

/** Take from each in turn, as an interleaved script records them. */
export const inTurn = (...groups: readonly (readonly SessionToCompare[])[]): SessionToCompare[] => {
  const longest = Math.max(...groups.map((group) => group.length));
  const order = Array.from({ length: longest }, (_, i) => groups.flatMap((group) => group[i] ?? [])).flat();
  return order.map((session, i) => ({ ...session, startNs: (BEGIN_NS + BigInt(i) * 4_000_000_000_000n).toString() }));
};

export const compareThem = (
  sessions: readonly SessionToCompare[],
  options: Partial<ComparisonOptions> = {},
): Comparison =>
  compareSessions(
    sessions,
    [],
    { by: [], baseline: null, seed: 1, resamples: 500, version: '0.0.0', ...options },
    new CounterTable(),
  );
