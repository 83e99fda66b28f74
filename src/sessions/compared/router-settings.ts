import type { FiguredRouter, SessionFigures, Settings } from '../../model/session-figures.js';

/**
 * What was seen of the routers, as settings: `router.*`. Where routers of one session differ, their values stand behind each other; what was not seen has no
 * name.
 */
export const routerSettings = ({ routers, measuredAt }: SessionFigures): Settings => {
  const all = {
    'router.count': routers.length,
    'router.version': oneOf(routers, ({ version }) => version),
    'router.family': oneOf(routers, ({ family }) => family),
    'router.interval_ms': oneOf(routers, ({ intervalNs }) => Number(intervalNs) / 1e6),
    'router.measured_at': measuredAt.length > 0 ? measuredAt.join(',') : null,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
};

const oneOf = <T extends string | number>(
  routers: readonly FiguredRouter[],
  valueOf: (router: FiguredRouter) => T | null,
): T | string | null => {
  const values = [...new Set(routers.map(valueOf).filter((value) => value !== null))].sort((a, b) => (a < b ? -1 : 1));
  return values.length > 1 ? values.join(',') : (values[0] ?? null);
};
