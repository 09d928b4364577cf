import { formatDuration, formatShort, formatUsd } from "../../lib/format.ts";
import type { OrderKey } from "../logs/logs-search.ts";
import { fitted, type Series } from "./figures.ts";
import type { ThemeColors } from "./theme-colors.ts";
import type { ChartLine } from "./time-chart.tsx";

/** What one chart shows. */
export interface OverviewChart {
  readonly title: string;
  readonly format: (value: number | null) => string;
  readonly measures: readonly (readonly [measure: string, label: string, color: keyof ThemeColors])[];
  /** In which order the logs behind a point are wanted. */
  readonly order?: OrderKey;
}

/** The charts of the overview, in order. */
export const overviewCharts: readonly OverviewChart[] = [
  {
    title: "Requests",
    format: formatShort,
    measures: [
      ["requests", "all", "accent"],
      ["cached", "from the cache", "good"],
      ["errors", "errors", "bad"],
    ],
  },
  { title: "Duration", format: formatDuration, measures: percentilesOf("duration"), order: "duration" },
  {
    title: "Cost",
    format: formatUsd,
    measures: [
      ["cost", "paid", "accent"],
      ["saved_cost", "saved by the cache", "good"],
    ],
    order: "cost",
  },
  {
    title: "Time to the first byte",
    format: formatDuration,
    measures: percentilesOf("time_to_first_byte"),
    order: "duration",
  },
  {
    title: "Tokens",
    format: formatShort,
    measures: [
      ["tokens_in", "in", "accent"],
      ["tokens_out", "out", "warn"],
    ],
  },
  { title: "Users", format: formatShort, measures: [["unique_users", "users", "accent"]] },
];

function percentilesOf(time: string): OverviewChart["measures"] {
  return [
    [`${time}_p50_ms`, "50 %", "good"],
    [`${time}_p95_ms`, "95 %", "warn"],
    [`${time}_p99_ms`, "99 %", "bad"],
  ];
}

/** The lines of a chart: now, and the first measure of the range before, laid over it step by step. */
export function chartLines(chart: OverviewChart, now: Series, before: Series | null): readonly ChartLine[] {
  const { length } = now.timesMs;
  const lines = chart.measures.map(([measure, label, color]): ChartLine => {
    return { label, color, values: fitted(now.values[measure], length) };
  });
  const [first] = chart.measures;
  if (before === null || first === undefined) return lines;
  const [measure, label] = first;
  return [
    ...lines,
    { label: `${label} before`, color: "soft", isBefore: true, values: fitted(before.values[measure], length) },
  ];
}
