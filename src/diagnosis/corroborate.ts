import type { AnswerInstance, Evidence, LateAdvertisement, LedgerEntry } from '../model/answer.js';
import { displayText } from '../model/display.js';
import { UNKNOWN_DESTINATION } from '../timeline/info.js';

/** What another trace of the same sender says, on its own clock. */
export interface OtherAccount {
  /** Its path, as evidence names it. */
  readonly path: string;
  readonly instances: readonly AnswerInstance[];
  /** One of its times (ns since 1970 as a decimal string) on the main trace's clock. */
  toMain(ns: string): bigint;
  /** Whether the main trace was recording at a time on its own clock (ns since 1970). */
  coversMain(at: bigint): boolean;
}

/** What came of it. */
export interface Corroborated {
  readonly instances: AnswerInstance[];
  /** Late advertisements of the other trace that the main one, though it was recording, does not have. */
  readonly unmatched: number;
  /** Late advertisements of which both name a cause, and not the same. */
  readonly contradicted: number;
}

/** Both recorders stamp the same call; the slower of them (strace) within some milliseconds. */
const SAME_SEND_NS = 50_000_000n;
/** Rows of the other trace that are shown beside the main one's. */
const MOST_ROWS = 8;
/** The other trace is believed where it is surer than the main one by this. */
const SURER = 0.3;

/**
 * The main trace's late advertisements with what another trace says of the same ones: where both name the same cause, evidence of
 * both; where the main one cannot tell, the other's account in its place; where they contradict each other, less confidence.
 */
export const corroborate = (instances: readonly AnswerInstance[], other: OtherAccount): Corroborated => {
  let unmatched = 0;
  let contradicted = 0;
  const joined = instances.map((instance) => {
    const theirs = other.instances.find((candidate) => isSameRouter(instance, candidate));
    if (!theirs) return instance;
    const used = new Set<LateAdvertisement>();
    const late = instance.late.map((one) => {
      const match = nearest(one, theirs.late, other, used);
      if (match === null) return one;
      used.add(match);
      const told = tell(one, match, other);
      if (told.contradicts) contradicted++;
      return told.late;
    });
    for (const one of theirs.late) {
      if (used.has(one)) continue;
      if (other.coversMain(other.toMain(one.sentNs))) unmatched++;
      else late.push(onMainClock(one, other, `${one.id}-${String(late.length + 1)}`));
    }
    late.sort((a, b) => (BigInt(a.sentNs) < BigInt(b.sentNs) ? -1 : 1));
    return { ...instance, late };
  });
  return { instances: joined, unmatched, contradicted };
};

const isSameRouter = (a: AnswerInstance, b: AnswerInstance): boolean =>
  a.family === b.family &&
  (a.vrid === null || b.vrid === null || a.vrid === b.vrid) &&
  (a.source === null || b.source === null || a.source === b.source) &&
  (a.destination === b.destination || [a, b].some(({ destination }) => destination === UNKNOWN_DESTINATION));

const nearest = (
  { sentNs }: LateAdvertisement,
  candidates: readonly LateAdvertisement[],
  other: OtherAccount,
  used: ReadonlySet<LateAdvertisement>,
): LateAdvertisement | null => {
  let best: LateAdvertisement | null = null;
  let least = SAME_SEND_NS;
  for (const candidate of candidates) {
    const difference = other.toMain(candidate.sentNs) - BigInt(sentNs);
    const distance = difference < 0n ? -difference : difference;
    if (used.has(candidate) || distance > least) continue;
    least = distance;
    best = candidate;
  }
  return best;
};

const tell = (
  main: LateAdvertisement,
  theirs: LateAdvertisement,
  other: OtherAccount,
): { late: LateAdvertisement; contradicts: boolean } => {
  const path = displayText(other.path);
  const mainKnows = main.cause !== 'insufficient-evidence';
  const othersKnow = theirs.cause !== 'insufficient-evidence';
  if (!othersKnow) return { late: main, contradicts: false };
  if (mainKnows && main.cause === theirs.cause) {
    const confidence = Math.max(main.confidence, theirs.confidence);
    const summary = `${main.summary} ${path} shows the same.`;
    return { late: { ...withRows(main, rowsOf(theirs, other)), confidence, summary }, contradicts: false };
  }
  if (!mainKnows || theirs.confidence - main.confidence >= SURER) {
    const adopted = onMainClock(theirs, other, main.id);
    const doubt = mainKnows ? ` The main trace rather points to ${main.cause}.` : '';
    const told = { ...adopted, summary: `${adopted.summary} So ${path} shows.${doubt}` };
    return { late: withRows(told, main.evidence), contradicts: mainKnows };
  }
  const summary = `${main.summary} ${path} rather points to ${theirs.cause}.`;
  const confidence = Math.round(main.confidence * (1 - theirs.confidence / 2) * 100) / 100;
  return { late: { ...withRows(main, rowsOf(theirs, other)), confidence, summary }, contradicts: true };
};

const withRows = (late: LateAdvertisement, rows: readonly Evidence[]): LateAdvertisement => {
  const known = new Set(late.evidence.map(keyOf));
  const more = rows.filter((row) => !known.has(keyOf(row))).slice(0, MOST_ROWS);
  return { ...late, evidence: [...late.evidence, ...more] };
};

const keyOf = ({ input, line }: Evidence): string => `${String(line)} ${input}`;

/** Rows that the other trace's own ledger rests on, and none of the captures', which both have. */
const rowsOf = (theirs: LateAdvertisement, other: OtherAccount): Evidence[] =>
  theirs.evidence.filter(({ input }) => input === other.path).map((row) => rowOnMainClock(row, other));

const rowOnMainClock = (row: Evidence, other: OtherAccount): Evidence => ({
  ...row,
  ns: other.toMain(row.ns).toString(),
});

const onMainClock = (theirs: LateAdvertisement, other: OtherAccount, id: string): LateAdvertisement => ({
  ...theirs,
  id,
  sentNs: other.toMain(theirs.sentNs).toString(),
  previousNs: other.toMain(theirs.previousNs).toString(),
  ledger: theirs.ledger.map((entry): LedgerEntry => ({
    ...entry,
    fromNs: other.toMain(entry.fromNs).toString(),
    toNs: other.toMain(entry.toNs).toString(),
  })),
  evidence: theirs.evidence.map((row) => rowOnMainClock(row, other)),
});
