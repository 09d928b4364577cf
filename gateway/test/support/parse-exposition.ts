/** One metric of Prometheus' text exposition format. */
export interface MetricFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/**
 * Parses text of version 0.0.4 and throws at anything its description does not allow, and at what makes no sense: a metric without or with two
 * HELP or TYPE lines, one told in two places, the same series twice, counters below zero, histograms whose buckets do not grow, lack
 * `+Inf` or contradict their count.
 */
export function parseExposition(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, { type: string; help: string; samples: MetricSample[] }>();
  let current: { name: string; type: string; help: string; samples: MetricSample[] } | null = null;
  for (const line of text.slice(0, -1).split("\n")) {
    if (line === "") continue;
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP" && name !== undefined) {
      if (families.has(name)) throw new Error(`${name} is told twice`);
      current = { name, type: "", help: unescaped(rest ?? "", /\\(\\|n)/g), samples: [] };
      families.set(name, current);
    } else if (keyword === "TYPE") {
      if (current === null || current.name !== name || current.type !== "")
        throw new Error(`TYPE in the wrong place: ${line}`);
      current.type = rest ?? "";
      if (!(current.type in suffixes)) throw new Error(`unknown type: ${line}`);
    } else if (line.startsWith("#")) throw new Error(`a comment: ${line}`);
    else {
      const sample = parseSample(line);
      const belongs = suffixes[current?.type ?? ""]?.some((suffix) => sample.name === `${current?.name}${suffix}`);
      if (current === null || belongs !== true) throw new Error(`a sample in the wrong place: ${line}`);
      current.samples.push(sample);
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function parseSample(line: string): MetricSample {
  const name = metricName.exec(line)?.[0];
  if (name === undefined) throw new Error(`no metric name: ${line}`);
  const labels: Record<string, string> = {};
  let rest = line.slice(name.length);
  if (rest.startsWith("{")) {
    rest = rest.slice(1);
    while (!rest.startsWith("}")) {
      const label = labelName.exec(rest)?.[0] ?? "";
      const quoted = /^="((?:[^"\\]|\\[\\"n])*)"(?:,(?!\})|(?=\}))/.exec(rest.slice(label.length));
      if (label === "" || quoted === null || label in labels) throw new Error(`bad labels: ${line}`);
      labels[label] = unescaped(quoted[1] as string, /\\([\\"n])/g);
      rest = rest.slice(label.length + quoted[0].length);
    }
    rest = rest.slice(1);
  }
  if (!/^ (?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i.test(rest)) throw new Error(`bad value: ${line}`);
  return { name, labels, value: numberFrom(rest.slice(1)) };
}

function unescaped(text: string, pattern: RegExp): string {
  return text.replaceAll(pattern, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}

function numberFrom(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function checkFamily(name: string, { type, help, samples }: MetricFamily): void {
  if (type === "" || help === "") throw new Error(`${name} lacks TYPE or HELP`);
  const seen = new Set<string>();
  for (const sample of samples) {
    const key = sample.name + JSON.stringify(Object.entries(sample.labels).toSorted());
    if (seen.has(key)) throw new Error(`the same series twice: ${key}`);
    seen.add(key);
    if (type !== "gauge" && !sample.name.endsWith("_sum") && !(sample.value >= 0))
      throw new Error(`below zero: ${key}`);
  }
  if (type === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly MetricSample[]): void {
  const without = (labels: Readonly<Record<string, string>>): string =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([label]) => label !== "le")
        .toSorted(),
    );
  const groups = Map.groupBy(samples, (sample) => without(sample.labels));
  for (const [labels, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const counts = group.filter((sample) => sample.name === `${name}_count`);
    const sums = group.filter((sample) => sample.name === `${name}_sum`);
    const bounds = buckets.map((bucket) => numberFrom(bucket.labels["le"] ?? "NaN"));
    const isGrowing = buckets.every(
      (bucket, index) =>
        index === 0 ||
        (bucket.value >= (buckets[index - 1] as MetricSample).value &&
          (bounds[index] as number) > (bounds[index - 1] as number)),
    );
    const isWhole = bounds.at(-1) === Number.POSITIVE_INFINITY && counts.length === 1 && sums.length === 1;
    if (!isGrowing || !isWhole || buckets.at(-1)?.value !== counts[0]?.value) throw new Error(`${name} ${labels}`);
  }
}
