import type { AnswerInstance, Cause, Takeover } from '../model/answer.js';
import { WHERE_OF_CAUSE } from '../model/causes.js';
import { displayText } from '../model/display.js';
import type { AnswerReport } from '../model/report.js';
import type { JudgedGaps } from '../model/request.js';
import { TAKEOVER_IN_WORDS } from './vocabulary.js';

type Labels = Readonly<Record<string, string>>;

/** Upper bounds of the histogram's buckets (s): from what a healthy sender has to well past every usual master-down interval. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Processes that get a series of their own: a busy machine has thousands of names. */
const NAMED_CULPRITS = 10;

const CAUSES = Object.keys(WHERE_OF_CAUSE) as Cause[];
const AFTERS = Object.keys(TAKEOVER_IN_WORDS) as Takeover['after'][];

/** ns as seconds, every digit: `1795346887.744879692`. */
const toSeconds = (ns: bigint): string => {
  const size = ns < 0n ? -ns : ns;
  const parts = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${ns < 0n ? '-' : ''}${size / 1_000_000_000n}${parts === '' ? '' : `.${parts}`}`;
};

const toNs = (seconds: number): number => Math.round(seconds * 1e9);

/** A label's value in quotes (text format 0.0.4: backslash, quote and line feed are escaped). */
const quote = (value: string): string => `"${displayText(value).replace(/[\\"]/g, (char) => `\\${char}`)}"`;

const writeLabels = (labels: Labels): string => {
  const parts = Object.entries(labels).map(([name, value]) => `${name}=${quote(value)}`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
};

/** One metric with its series; those of equal labels become one. */
class Metric {
  readonly #series = new Map<string, bigint>();

  constructor(
    readonly name: string,
    readonly type: 'counter' | 'gauge',
    readonly help: string,
    readonly unit: 'seconds' | 'count',
  ) {}

  /** Add to a series: ns for seconds, else a number of things. */
  add(labels: Labels, value: bigint | number): void {
    const key = writeLabels(labels);
    this.#series.set(key, (this.#series.get(key) ?? 0n) + BigInt(value));
  }

  /** Keep the smallest, or with `largest` the largest. */
  keep(labels: Labels, value: bigint, which: 'smallest' | 'largest'): void {
    const key = writeLabels(labels);
    const known = this.#series.get(key);
    if (known === undefined || (which === 'smallest' ? value < known : value > known)) this.#series.set(key, value);
  }

  text(): string {
    if (this.#series.size === 0) return '';
    const lines = [...this.#series].map(
      ([labels, value]) => `${this.name}${labels} ${this.unit === 'seconds' ? toSeconds(value) : String(value)}\n`,
    );
    return `# HELP ${this.name} ${this.help}\n# TYPE ${this.name} ${this.type}\n${lines.join('')}`;
  }
}

/** The lateness of all gaps; an early advertisement counts as one that was not late. */
class LatenessHistogram {
  readonly #series = new Map<string, { labels: Labels; counts: number[]; sum: bigint; count: number }>();

  add(labels: Labels, lateness: Float64Array): void {
    const key = writeLabels(labels);
    const series = this.#series.get(key) ?? { labels, counts: BUCKETS.map(() => 0), sum: 0n, count: 0 };
    this.#series.set(key, series);
    for (const value of lateness) {
      const late = Math.max(value, 0);
      BUCKETS.forEach((bound, index) => {
        if (late <= toNs(bound)) series.counts[index] = (series.counts[index] ?? 0) + 1;
      });
      series.sum += BigInt(Math.round(late));
      series.count += 1;
    }
  }

  text(): string {
    const name = 'whylate_lateness_seconds';
    if (this.#series.size === 0) return '';
    const lines = [...this.#series.values()].flatMap(({ labels, counts, sum, count }) => [
      ...BUCKETS.map(
        (bound, i) => `${name}_bucket${writeLabels({ ...labels, le: String(bound) })} ${counts[i] ?? 0}\n`,
      ),
      `${name}_bucket${writeLabels({ ...labels, le: '+Inf' })} ${count}\n`,
      `${name}_sum${writeLabels(labels)} ${toSeconds(sum)}\n`,
      `${name}_count${writeLabels(labels)} ${count}\n`,
    ]);
    return `# HELP ${name} How much longer than its interval each gap between two advertisements was.\n# TYPE ${name} histogram\n${lines.join('')}`;
  }
}

const labelsOf = ({ vrid, family, source, destination }: AnswerInstance): Labels => ({
  vrid: vrid === null ? '' : String(vrid),
  family,
  source: source ?? '',
  destination,
});

/** The processes most late advertisements are charged to, by the text that is shown. */
const chooseCulprits = (instances: readonly AnswerInstance[]): Set<string> => {
  const counts = new Map<string, number>();
  for (const { late } of instances) {
    for (const { culprit } of late) {
      const name = displayText(culprit?.process ?? '');
      if (name === '') continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const ranked = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return new Set(ranked.slice(0, NAMED_CULPRITS).map(([name]) => name));
};

const makeMetrics = () => ({
  advertisements: new Metric('whylate_advertisements_total', 'counter', 'Advertisements in the analysed recording.', 'count'),
  late: new Metric('whylate_late_total', 'counter', 'Late advertisements, by cause and where it lies.', 'count'),
  past: new Metric('whylate_past_master_down_total', 'counter', 'Gaps that were long enough for a backup to take over.', 'count'),
  takeovers: new Metric('whylate_takeovers_total', 'counter', 'Takeovers by another router, by what they followed.', 'count'),
  margin: new Metric('whylate_margin_to_takeover_seconds', 'gauge', 'What the longest gap left of the master-down interval; negative once past it.', 'seconds'),
  masterDown: new Metric('whylate_master_down_interval_seconds', 'gauge', 'Silence after which a backup takes over.', 'seconds'),
  interval: new Metric('whylate_interval_seconds', 'gauge', 'Advertisement interval.', 'seconds'),
  ledger: new Metric('whylate_ledger_seconds_total', 'counter', 'Lateness of late advertisements, by the cause each part of it speaks for.', 'seconds'),
  culprits: new Metric('whylate_culprit_late_total', 'counter', `Late advertisements by the process they are charged to; the ${NAMED_CULPRITS} most frequent ones.`, 'count'),
  lost: new Metric('whylate_lost_records', 'gauge', 'Records the recorder of an input lost, where that is known.', 'count'),
  last: new Metric('whylate_last_advertisement_timestamp_seconds', 'gauge', 'When the last advertisement came, seconds since 1970.', 'seconds'),
  build: new Metric('whylate_build_info', 'gauge', 'The version that wrote this file.', 'count'),
}); // prettier-ignore

type Metrics = ReturnType<typeof makeMetrics>;

const countInstance = (metrics: Metrics, instance: AnswerInstance, named: ReadonlySet<string>): void => {
  const labels = labelsOf(instance);
  metrics.advertisements.add(labels, instance.advertisements);
  for (const cause of CAUSES) metrics.late.add({ ...labels, cause, where: WHERE_OF_CAUSE[cause] }, 0);
  for (const after of AFTERS) metrics.takeovers.add({ ...labels, after }, 0);
  metrics.past.add(labels, instance.late.filter(({ severity }) => severity === 'takeover').length);
  metrics.masterDown.keep(labels, BigInt(instance.masterDownNs), 'smallest');
  metrics.interval.keep(labels, BigInt(instance.intervalNs), 'smallest');
  const ledger = new Map(CAUSES.map((cause) => [cause, 0n]));
  for (const late of instance.late) {
    metrics.late.add({ ...labels, cause: late.cause, where: WHERE_OF_CAUSE[late.cause] }, 1);
    metrics.margin.keep(labels, BigInt(late.marginToTakeoverNs), 'smallest');
    for (const { cause, ns } of late.ledger) ledger.set(cause, (ledger.get(cause) ?? 0n) + BigInt(ns));
    const process = displayText(late.culprit?.process ?? '');
    if (named.has(process)) metrics.culprits.add({ ...labels, process }, 1);
  }
  // A transit that became shorter takes time off the ledger; a counter cannot go below zero.
  for (const [cause, ns] of ledger) metrics.ledger.add({ ...labels, cause }, ns > 0n ? ns : 0n);
  for (const { after } of instance.takeovers) metrics.takeovers.add({ ...labels, after }, 1);
};

const measureGaps = (
  metrics: Metrics,
  histogram: LatenessHistogram,
  instance: AnswerInstance,
  gaps: JudgedGaps | undefined,
): void => {
  const labels = labelsOf(instance);
  histogram.add(labels, gaps?.lateness ?? new Float64Array(0));
  const last = gaps?.at.at(-1);
  if (gaps === undefined || last === undefined) return;
  const longest = gaps.gap.reduce((most, gap) => Math.max(most, gap), 0);
  metrics.margin.keep(labels, BigInt(instance.masterDownNs) - BigInt(Math.round(longest)), 'smallest');
  metrics.last.keep(labels, gaps.baseNs + BigInt(Math.round(last)), 'largest');
};

/**
 * The answer in Prometheus's text format 0.0.4, for node_exporter's textfile collector: without timestamps, lengths in seconds, names escaped. Counts are
 * those of the one recording that was analysed. docs/monitoring.md lists the metrics.
 */
export const renderPrometheus = ({ answer, gaps }: AnswerReport): string => {
  const metrics = makeMetrics();
  const histogram = new LatenessHistogram();
  const named = chooseCulprits(answer.instances);
  answer.instances.forEach((instance, index) => {
    countInstance(metrics, instance, named);
    measureGaps(metrics, histogram, instance, gaps[index]);
  });
  for (const { role, name, loss } of answer.inputs) {
    if (loss.known) metrics.lost.add({ role, name: name ?? '' }, loss.dropped);
  }
  metrics.build.add({ version: answer.tool.version }, 1);
  return (
    Object.values(metrics)
      .map((metric) => metric.text())
      .join('') + histogram.text()
  );
};
