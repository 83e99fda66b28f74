import type { Answer, Cause, LateAdvertisement } from '../model/answer.js';
import type { JudgedGaps } from '../model/request.js';
import type {
  FiguredCause,
  FiguredCulprit,
  FiguredLoss,
  FiguredRouter,
  SessionFigures,
} from '../model/session-figures.js';
import { chooseRouters, observedNs, type JudgedInstance, type WatchedSender } from './choose-routers.js';
import { packLateness } from './lateness.js';

/**
 * What a comparison needs of the answer about one session.
 *
 * @param gaps those of the answer's instances, in their order
 * @param watched whom the session was recorded for
 */
export const summariseAnswer = (
  answer: Answer,
  gaps: readonly JudgedGaps[],
  watched: WatchedSender,
): SessionFigures => {
  const instances = answer.instances.flatMap((instance, i): JudgedInstance[] => {
    const judged = gaps[i];
    return judged ? [{ instance, gaps: judged }] : [];
  });
  const { chosen, leftOut } = chooseRouters(instances, watched);
  const late = chosen.flatMap(({ instance }) => instance.late);
  const covered = chosen.flatMap((one) => spanOf(one.gaps));
  return {
    firstNs:
      covered.reduce<bigint | null>((a, { from }) => (a === null || from < a ? from : a), null)?.toString() ?? null,
    lastNs: covered.reduce<bigint | null>((a, { to }) => (a === null || to > a ? to : a), null)?.toString() ?? null,
    recordedNs: BigInt(Math.round(Math.max(0, ...chosen.map(observedNs)))).toString(),
    routers: chosen.map(describeRouter),
    leftOut,
    advertisements: sum(chosen.map(({ instance }) => instance.advertisements)),
    gaps: sum(chosen.map((one) => one.gaps.lateness.length)),
    lateness: packLateness(joinLateness(chosen)),
    measuredAt: [...new Set(chosen.flatMap(({ instance }) => instance.points.at(-1)?.name ?? []))].sort(),
    late: late.length,
    pastMasterDown: late.filter(({ severity }) => severity === 'takeover').length,
    takeovers: sum(chosen.map(({ instance }) => instance.takeovers.length)),
    causes: sumCauses(late),
    culprits: sumCulprits(late),
    loss: answer.inputs.flatMap(({ role, name, loss }): FiguredLoss[] =>
      role === 'trace' || role === 'capture'
        ? [{ role, name: name ?? null, known: loss.known, dropped: loss.dropped, offered: loss.offered ?? null }]
        : [],
    ),
    counters: answer.counters
      .filter(({ severity }) => severity === 'data-loss' || severity === 'error')
      .map(({ name }) => name),
  };
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const spanOf = ({ baseNs, at, gap }: JudgedGaps): { from: bigint; to: bigint }[] => {
  const first = at[0];
  const last = at.at(-1);
  if (first === undefined || last === undefined) return [];
  return [{ from: baseNs + BigInt(Math.round(first - (gap[0] ?? 0))), to: baseNs + BigInt(Math.round(last)) }];
};

const describeRouter = ({ instance }: JudgedInstance): FiguredRouter => ({
  vrid: instance.vrid,
  family: instance.family,
  version: instance.version,
  source: instance.source,
  destination: instance.destination,
  intervalNs: instance.intervalNs,
  masterDownNs: instance.masterDownNs,
  advertisements: instance.advertisements,
});

const joinLateness = (chosen: readonly JudgedInstance[]): Float64Array => {
  const joined = new Float64Array(sum(chosen.map(({ gaps }) => gaps.lateness.length)));
  let length = 0;
  for (const { gaps } of chosen) {
    joined.set(gaps.lateness, length);
    length += gaps.lateness.length;
  }
  return joined;
};

const sumCauses = (lates: readonly LateAdvertisement[]): FiguredCause[] => {
  const byCause = new Map<Cause, { late: number; ns: bigint }>();
  const of = (cause: Cause): { late: number; ns: bigint } => {
    const known = byCause.get(cause) ?? { late: 0, ns: 0n };
    byCause.set(cause, known);
    return known;
  };
  for (const { cause, ledger } of lates) {
    of(cause).late += 1;
    for (const entry of ledger) of(entry.cause).ns += BigInt(entry.ns);
  }
  return [...byCause].map(([cause, { late, ns }]) => ({ cause, late, ns: ns.toString() }));
};

const sumCulprits = (lates: readonly LateAdvertisement[]): FiguredCulprit[] => {
  const byKey = new Map<string, FiguredCulprit>();
  for (const { cause, culprit, latenessNs } of lates) {
    if (culprit === null) continue;
    const { process, syscall, target } = culprit;
    const key = JSON.stringify([cause, process, syscall, target]);
    const known = byKey.get(key) ?? { cause, process, syscall, target, late: 0, ns: '0' };
    byKey.set(key, { ...known, late: known.late + 1, ns: (BigInt(known.ns) + BigInt(latenessNs)).toString() });
  }
  return [...byKey.values()].sort((a, b) => b.late - a.late);
};
