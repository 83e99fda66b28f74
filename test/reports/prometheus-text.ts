/** A strict reader of Prometheus's text format 0.0.4, as far as whylate writes it. */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Readonly<Record<string, Sample[]>>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const VALUE = /^(?:[+-]?Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

const parseLabels = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const match = LABEL.exec(text);
    if (match === null) throw new Error(`bad labels at ${String(at)}: ${text}`);
    const [, name = '', value = '', end] = match;
    if (name in labels) throw new Error(`label ${name} twice`);
    if (end === ',' && LABEL.lastIndex === text.length) throw new Error('a comma at the end');
    labels[name] = value.replace(/\\[\\"n]/g, (escape) => UNESCAPED[escape] ?? '');
  }
  return labels;
};

const parseValue = (text: string): number => {
  if (!VALUE.test(text)) throw new Error(`bad value ${text}`);
  return text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
};

const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] };

/** @throws Error for whatever the format does not allow: bad lines, families in two places, series twice, histograms that do not add up */
export const parseExposition = (text: string): Map<string, Family> => {
  if (text !== '' && !text.endsWith('\n')) throw new Error('no line feed at the end');
  const families = new Map<string, Family>();
  let current: { name: string; family: Family } | null = null;
  let help: { name: string; text: string } | null = null;
  const series = new Set<string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (!NAME.test(name) || families.has(name) || /\\(?![\\n])/.test(rest)) throw new Error(`bad help: ${line}`);
      help = { name, text: rest };
    } else if (keyword === 'TYPE') {
      if (help?.name !== name || !['counter', 'gauge', 'histogram'].includes(rest))
        throw new Error(`bad type: ${line}`);
      current = { name, family: { type: rest, help: help.text, samples: {} } };
      families.set(name, current.family);
    } else {
      const match = SAMPLE.exec(line);
      if (match === null || current === null) throw new Error(`bad line: ${line}`);
      const [, sample = '', labels = '', value = ''] = match;
      const allowed = (SUFFIXES[current.family.type] ?? ['']).map((suffix) => `${current?.name ?? ''}${suffix}`);
      if (!allowed.includes(sample)) throw new Error(`${sample} stands under ${current.name}`);
      const parsed = parseLabels(labels);
      const key = `${sample}${JSON.stringify(Object.entries(parsed).sort())}`;
      if (series.has(key)) throw new Error(`twice: ${line}`);
      series.add(key);
      const samples = current.family.samples as Record<string, Sample[]>;
      (samples[sample] ??= []).push({ labels: parsed, value: parseValue(value) });
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
};

const checkFamily = (name: string, { type, samples }: Family): void => {
  if (Object.keys(samples).length === 0) throw new Error(`${name} has no samples`);
  if (type === 'counter') {
    if (!name.endsWith('_total')) throw new Error(`the counter ${name} does not end in _total`);
    for (const { value } of samples[name] ?? []) if (!(value >= 0)) throw new Error(`${name} is below zero`);
  }
  if (type !== 'histogram') return;
  for (const { labels, value } of samples[`${name}_count`] ?? []) {
    const own = (samples[`${name}_bucket`] ?? []).filter(({ labels: { le: _, ...rest } }) => JSON.stringify(rest) === JSON.stringify(labels));
    const bounds = own.map(({ labels: { le } }) => parseValue(le ?? ''));
    if (bounds.at(-1) !== Infinity || own.at(-1)?.value !== value) throw new Error(`${name}: +Inf is not the count`);
    own.forEach((bucket, i) => {
      if (i > 0 && (bucket.value < (own[i - 1]?.value ?? 0) || (bounds[i] ?? 0) <= (bounds[i - 1] ?? 0))) throw new Error(`${name}: buckets are not in order`);
    });
  }
}; // prettier-ignore
