import type { Cause } from './answer.js';
import type { Counter } from './counters.js';
import type { SettingValue } from './session-figures.js';

/** How an interval was made. */
export type IntervalMethod =
  /** Sessions drawn with replacement; their gaps stay together. */
  | 'cluster-bootstrap'
  /** Exact, for sessions as such (Clopper and Pearson 1934). */
  | 'clopper-pearson'
  /** Nothing was seen: the rule of three, exact (one-sided). */
  | 'rule-of-three'
  /** Cliff 1996. */
  | 'cliff'
  /** There is none: too few sessions. */
  | 'none';

/** A figure and how sure it is. Rates are shares (0 to 1) or numbers an hour; times are ns an hour. */
export interface Estimate {
  /** null where nothing was seen that it could be made of. */
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly method: IntervalMethod;
}

/** The figures that have a value in each group, by the names `--fail-if` knows. */
export interface GroupRates {
  /** Late ones among the gaps, 0 to 1. */
  readonly late_rate: Estimate;
  readonly late_per_hour: Estimate;
  /** Gaps that reached the master-down interval among all gaps, 0 to 1. */
  readonly takeover_rate: Estimate;
  readonly takeovers_per_hour: Estimate;
  /** Sessions with a late advertisement among all sessions, 0 to 1. */
  readonly late_session_rate: Estimate;
}

/** Gaps of about the same lateness. */
export interface LatenessBin {
  /** Above this; null: whatever is early. */
  readonly fromNs: string | null;
  /** Up to and with this. */
  readonly toNs: string;
  readonly gaps: number;
}

export interface ComparedGroup {
  /** Unique: `kernel.release 6.1.0, label.arm rt`; `all sessions` where they are not grouped. */
  readonly name: string;
  /** The values that make it; null where the machine does not have the setting. */
  readonly values: Readonly<Record<string, SettingValue | null>>;
  readonly isBaseline: boolean;
  readonly sessions: number;
  readonly sessionsWithLate: number;
  readonly recordedNs: string;
  readonly advertisements: number;
  readonly gaps: number;
  readonly late: number;
  readonly pastMasterDown: number;
  readonly takeoversSeen: number;
  readonly rates: GroupRates;
  /** Of all gaps of the group; negative is early. null without gaps. */
  readonly latenessNs: {
    readonly p50: string;
    readonly p99: string;
    readonly p999: string;
    readonly max: string;
  } | null;
  /** How many gaps are how late, five bins a decade; only those that hold any. */
  readonly distribution: readonly LatenessBin[];
  /** By time, the longest first; those without any are left out. */
  readonly causes: readonly {
    readonly cause: Cause;
    readonly late: number;
    readonly ns: string;
    /** Time of it in the ledgers for an hour recorded. */
    readonly nsPerHour: Estimate;
  }[];
  /** By late advertisements, the most first; twenty at most. */
  readonly culprits: readonly {
    readonly cause: Cause;
    readonly process: string | null;
    readonly syscall: string | null;
    readonly target: string | null;
    readonly late: number;
    readonly sessions: number;
    readonly ns: string;
  }[];
  readonly loss: {
    /** Sessions in which each trace and capture says what it lost. */
    readonly sessionsKnown: number;
    readonly sessionsWithLoss: number;
    /** Records lost, where known. */
    readonly dropped: number;
  };
}

/** A session figure that two groups are tested on. */
export type TestedFigure = 'late_rate' | 'takeover_rate' | 'p99' | 'max';

export interface FigureTest {
  readonly figure: TestedFigure;
  /** The verdict rests on the first alone; the others are told beside it. */
  readonly isPrimary: boolean;
  /** Mann and Whitney's U of the second group. */
  readonly u: number;
  readonly method: 'exact' | 'normal';
  /** Two-sided. */
  readonly p: number;
  /** The same after Holm's correction: over all pairs, of the secondary figures over all of these too. */
  readonly adjustedP: number;
  /** From -1 to 1; above zero: the second group's sessions are later. */
  readonly cliffsDelta: Estimate;
}

export type PairVerdict =
  /** The second group is late more often. */
  | 'worse'
  /** The second group is late less often. */
  | 'better'
  /** None was shown, and one of `power.ratio` would most likely have been. */
  | 'no-difference-found'
  | 'too-few-sessions'
  /** Nothing was late in either. */
  | 'none-late';

export interface ComparedPair {
  /** Names of the groups; the baseline, where there is one, is `a`. */
  readonly a: string;
  readonly b: string;
  readonly verdict: PairVerdict;
  /** One sentence. */
  readonly summary: string;
  /** Late rate of `b` less that of `a`. */
  readonly difference: Estimate;
  /** Late rate of `b` by that of `a`; its value is null where `a` has none. */
  readonly ratio: Estimate;
  readonly tests: readonly FigureTest[];
  readonly power: {
    /** The difference that would have mattered: so many times the rate. */
    readonly ratio: number;
    /** How probable it was that it would be found with these sessions, 0 to 1; null where the rates say nothing of it. */
    readonly reached: number | null;
    /** Sessions in each group with which it would be found four times out of five; null where that cannot be said. */
    readonly sessionsNeeded: number | null;
  };
  /** What each cause contributes: time an hour of `b` less that of `a`, the largest difference first. */
  readonly causes: readonly { readonly cause: Cause; readonly nsPerHour: Estimate }[];
}

/** A setting, or several that go together, by which sessions differ. */
export interface SettingSeparation {
  /** Names that tell the same sessions apart. */
  readonly names: readonly string[];
  readonly values: readonly {
    /** Of the first name; null where the machine does not have it. */
    readonly value: SettingValue | null;
    readonly sessions: number;
    readonly sessionsWithLate: number;
    readonly gaps: number;
    readonly late: number;
  }[];
  /** 0: no relation to the late rate, 1: it tells late and punctual sessions wholly apart. */
  readonly separation: number;
  /** Cliff's delta (its size) for two values, epsilon squared of Kruskal and Wallis for more. */
  readonly measure: 'cliffs-delta' | 'epsilon-squared';
  readonly p: number;
  /** After Holm's correction over all settings listed. */
  readonly adjustedP: number;
  readonly verdict: 'separates' | 'not-shown' | 'too-few-sessions';
}

export interface Confounder {
  readonly name: string;
  /** By group, in their order; null where the machine does not have it. */
  readonly values: readonly { readonly group: string; readonly value: SettingValue | null }[];
}

/** How the groups lie in time. */
export interface RunOrder {
  readonly kind: 'mixed' | 'blocks' | 'clustered' | 'unknown';
  /** Stretches of sessions of one group, in order of time. */
  readonly runs: number;
  /** How probable so few are by chance. */
  readonly p: number | null;
  /** One sentence; null for `mixed`. */
  readonly summary: string | null;
}

/** The answer of `compare --json`. Times and lengths in ns are decimal strings; estimates are numbers. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'whylate'; readonly version: string };
  /** What was asked. */
  readonly by: readonly string[];
  readonly baseline: string | null;
  readonly statistics: {
    readonly confidence: number;
    readonly alpha: number;
    /** How probably the sessions that are said to be needed would find the difference. */
    readonly power: number;
    readonly seed: number;
    readonly resamples: number;
  };
  /** One sentence: what it comes to. */
  readonly summary: string;
  readonly groups: readonly ComparedGroup[];
  readonly pairs: readonly ComparedPair[];
  readonly confounders: readonly Confounder[];
  /** Names of settings that differ within groups too. */
  readonly differingWithinGroups: readonly string[];
  readonly order: RunOrder;
  /** Without `by`: the settings that differ, those that separate best first. */
  readonly settings: readonly SettingSeparation[];
  readonly sessions: readonly {
    readonly path: string;
    readonly group: string;
    readonly startNs: string | null;
    readonly recordedNs: string;
    readonly gaps: number;
    readonly late: number;
    readonly pastMasterDown: number;
    readonly isCutOff: boolean;
    readonly from: 'kept' | 'analysed';
  }[];
  /** Sessions that do not count, with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
  readonly counters: readonly Counter[];
}
