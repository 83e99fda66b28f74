import type { AnswerInstance } from '../model/answer.js';
import type { JudgedGaps } from '../model/request.js';

/** Whose advertisements a session was recorded for, as its session.json tells; null for what it does not. */
export interface WatchedSender {
  readonly vrid: number | null;
  readonly pid: number | null;
}

/** An instance of an answer with its judged gaps. */
export interface JudgedInstance {
  readonly instance: AnswerInstance;
  readonly gaps: JudgedGaps;
}

export interface ChosenRouters {
  readonly chosen: readonly JudgedInstance[];
  readonly leftOut: readonly { readonly router: string; readonly why: string }[];
}

/**
 * The routers of a session that count: those it was recorded for. A trace shows every sender of its machine and captures show the backup too, which
 * answers for itself while it is master: that is another router's time.
 */
export const chooseRouters = (instances: readonly JudgedInstance[], watched: WatchedSender): ChosenRouters => {
  const leftOut: { router: string; why: string }[] = [];
  let left = [...instances];
  const drop = (why: string, isOther: (one: JudgedInstance) => boolean): void => {
    const kept = left.filter((one) => !isOther(one));
    // Where nothing would be left, what the session says does not fit its recordings.
    if (kept.length === 0 || kept.length === left.length) return;
    for (const one of left) if (isOther(one)) leftOut.push({ router: nameRouter(one.instance), why });
    left = kept;
  };
  if (watched.vrid !== null)
    drop(`not VRID ${watched.vrid}, which the session watches`, ({ instance }) => instance.vrid !== watched.vrid);
  if (watched.pid !== null)
    drop(
      'sent by another process than the one the session watches',
      ({ instance }) => !isSentBy(instance, watched.pid),
    );
  drop('not sent by the traced machine', ({ instance }) => instance.senders.length === 0);
  const rivals = new Map<string, JudgedInstance[]>();
  for (const one of left) {
    const { vrid, family } = one.instance;
    // Without ids nobody can say whether two senders are the same router.
    const key = `${String(vrid ?? nameRouter(one.instance))} ${family}`;
    rivals.set(key, [...(rivals.get(key) ?? []), one]);
  }
  const masters = new Set([...rivals.values()].map((group) => sourceOf(longest(group))));
  drop('another router of the same id, seen for less time', ({ instance }) => !masters.has(sourceOf(instance)));
  return { chosen: left, leftOut };
};

const nameRouter = ({ vrid, family, source, destination }: AnswerInstance): string =>
  `VRID ${String(vrid ?? '?')} ${family} ${source ?? '?'}->${destination}`;

const isSentBy = ({ senders }: AnswerInstance, pid: number | null): boolean => senders.some(({ tid }) => tid === pid);

/** With unicast peers each destination is an instance; they are one router. */
const sourceOf = ({ vrid, family, source, senders }: AnswerInstance): string =>
  `${String(vrid)} ${family} ${source ?? senders.map(({ tid }) => String(tid)).join(' ')}`;

const longest = (group: readonly JudgedInstance[]): AnswerInstance =>
  group.reduce((a, b) => (observedNs(b) > observedNs(a) ? b : a)).instance;

/** Time (ns) in its judged gaps. */
export const observedNs = ({ gaps }: JudgedInstance): number => gaps.gap.reduce((sum, gap) => sum + gap, 0);
