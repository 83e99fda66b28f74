/** What one session shows: how many of its gaps were late. */
export interface SessionRate {
  readonly late: number;
  readonly gaps: number;
}

/** Sessions whose late rates come from one beta distribution; gaps within a session are alike. */
export interface BetaBinomial {
  /** Of the late rate, 0 to 1. */
  readonly mean: number;
  /** Intra-session correlation, 0 (gaps are independent) to 1 (all or none are late): 1 / (1 + a + b) of the beta distribution. */
  readonly icc: number;
}

/**
 * Intra-session correlation by analysis of variance, for sessions of any lengths (Ridout, Demétrio and Firth 1999, "Estimating intraclass correlation
 * for binary data", the estimator AOV), within groups where there are several; never negative.
 *
 * @param groups sessions of each group; those without gaps do not count
 * @returns null where nothing tells: no group with two sessions, no session with two gaps, or nothing was late or everything
 */
export const intraSessionCorrelation = (groups: readonly (readonly SessionRate[])[]): number | null => {
  let between = 0;
  let within = 0;
  let betweenDegrees = 0;
  let withinDegrees = 0;
  let lengths = 0;
  for (const group of groups) {
    const sessions = group.filter(({ gaps }) => gaps > 0);
    const gaps = sessions.reduce((sum, session) => sum + session.gaps, 0);
    if (gaps === 0) continue;
    const mean = sessions.reduce((sum, session) => sum + session.late, 0) / gaps;
    for (const session of sessions) {
      const rate = session.late / session.gaps;
      between += session.gaps * (rate - mean) ** 2;
      within += session.late * (1 - rate);
      lengths -= session.gaps ** 2 / gaps;
    }
    lengths += gaps;
    betweenDegrees += sessions.length - 1;
    withinDegrees += gaps - sessions.length;
  }
  if (betweenDegrees === 0 || withinDegrees === 0 || between + within === 0) return null;
  const [outer, inner] = [between / betweenDegrees, within / withinDegrees];
  return Math.max(0, (outer - inner) / (outer + (lengths / betweenDegrees - 1) * inner));
};

/** Late rate of all gaps together, null without any. */
export const pooledRate = (sessions: readonly SessionRate[]): number | null => {
  const gaps = sessions.reduce((sum, session) => sum + session.gaps, 0);
  return gaps === 0 ? null : sessions.reduce((sum, session) => sum + session.late, 0) / gaps;
};

/** Shapes a and b of the beta distribution. */
export const shapesOf = ({ mean, icc }: BetaBinomial): { readonly a: number; readonly b: number } => {
  const size = 1 / icc - 1;
  return { a: mean * size, b: (1 - mean) * size };
};

/** What is left out at the end of a distribution: smaller than any power is told. */
const TAIL = 1e-12;
/** Below this a correlation makes no difference to a distribution. */
const LEAST_ICC = 1e-9;

/**
 * The probabilities of 0, 1, 2 ... late ones among so many gaps (scipy: betabinom.pmf), up to where all others together are below 1e-12.
 *
 * @param model its mean above 0 and below 1, its correlation below 1
 * @param gaps a whole number
 */
export const lateDistribution = ({ mean, icc }: BetaBinomial, gaps: number): Float64Array => {
  const { a, b } = shapesOf({ mean, icc: Math.max(icc, LEAST_ICC) });
  let log = 0;
  for (let k = 0; k < gaps; k++) log += Math.log1p(-a / (a + b + k));
  const out: number[] = [];
  let sum = 0;
  for (let k = 0; k <= gaps && !(k > mean * gaps && 1 - sum < TAIL); k++) {
    const p = Math.exp(log);
    out.push(p);
    sum += p;
    log += Math.log(((gaps - k) * (a + k)) / ((k + 1) * (b + gaps - k - 1)));
  }
  return Float64Array.from(out);
};
