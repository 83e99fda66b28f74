import { parsePath } from './flag-values.js';
import type { Flag } from './flags.js';

/** Files that reports of an analysis go into, as typed. */
export interface ReportLowArguments {
  html: string | null;
  perfetto: string | null;
  prometheus: string | null;
  junit: string | null;
}

/** With nothing given. */
export const startReportArguments = (): ReportLowArguments => ({
  html: null,
  perfetto: null,
  prometheus: null,
  junit: null,
});

/** Flags that write a report into a file, whole or not at all. */
export const reportFlags: readonly Flag<ReportLowArguments>[] = [
  {
    name: 'html',
    value: 'FILE',
    help: 'write a page for people: pictures of what came before each late advertisement',
    update: (low, value) => (low.html = parsePath(value)),
  },
  {
    name: 'perfetto',
    value: 'FILE',
    help: 'write a trace for ui.perfetto.dev; of late advertisements only unless --all',
    update: (low, value) => (low.perfetto = parsePath(value)),
  },
  {
    name: 'prometheus',
    value: 'FILE',
    help: "write metrics for node_exporter's textfile collector",
    update: (low, value) => (low.prometheus = parsePath(value)),
  },
  {
    name: 'junit',
    value: 'FILE',
    help: 'write JUnit XML: a failed test for each late advertisement',
    update: (low, value) => (low.junit = parsePath(value)),
  },
];
