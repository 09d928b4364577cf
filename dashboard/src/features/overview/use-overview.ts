import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { callApi } from "../../api/call-api.ts";
import type { Counts } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { rangeAt, rangeBefore, type StepName, stepFor, type TimeRange } from "../../lib/time-range.ts";
import { type Figures, figuresOf, seriesOf, type Series } from "./figures.ts";
import type { OverviewSearch } from "./overview-search.ts";

/** Figures of a range as a whole, over time, and by what made them. */
export interface Overview {
  readonly range: TimeRange;
  readonly stepMs: number;
  readonly totals: Figures;
  readonly series: Series;
  /** The same of the range before; null when nothing is compared. */
  readonly before: { readonly totals: Figures; readonly series: Series } | null;
  readonly models: readonly Figures[];
  readonly gateways: readonly Figures[];
}

const measures = [
  "requests",
  "unique_users",
  "cost",
  "saved_cost",
  "tokens_in",
  "tokens_out",
  "cached",
  "cached_share",
  "errors",
  "error_share",
  "duration_p50_ms",
  "duration_p95_ms",
  "duration_p99_ms",
  "time_to_first_byte_p50_ms",
  "time_to_first_byte_p95_ms",
  "time_to_first_byte_p99_ms",
];
const rowMeasures = ["requests", "cost", "tokens_in", "tokens_out", "error_share", "duration_p95_ms"];
const refetchMs = 30_000;

/** The overview of a search; asked anew every half minute while its range ends now. */
export function useOverview(search: OverviewSearch) {
  const { accountId } = useAccount();
  return useQuery({
    queryKey: ["overview", accountId, search],
    queryFn: ({ signal }) => askOverview(accountId, search, signal),
    placeholderData: keepPreviousData,
    refetchInterval: search.range === undefined ? false : refetchMs,
  });
}

interface Question {
  readonly range: TimeRange;
  readonly measures?: readonly string[];
  readonly dimensions?: readonly string[];
  readonly interval?: StepName;
  readonly limit?: number;
}

async function askOverview(accountId: string, search: OverviewSearch, signal: AbortSignal): Promise<Overview> {
  const range = rangeAt(search, Date.now()) as TimeRange;
  const step = stepFor(range);
  const of = (key: string, value: string) => ({ key, operator: "eq" as const, value });
  const filters = [of("account", accountId), ...(search.gateway === undefined ? [] : [of("gateway", search.gateway)])];
  const ask = async ({ range: { fromMs, toMs }, interval, ...question }: Question): Promise<Counts> => {
    const body = {
      measures,
      filters,
      from: fromMs,
      to: toMs,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(interval === undefined ? {} : { interval, fill: true, limit: 10_000 }),
      ...question,
    };
    return (await callApi("POST /api/analytics/query", { body, signal })).result;
  };
  const both = async (each: TimeRange) => {
    const [totals, series] = await Promise.all([ask({ range: each }), ask({ range: each, interval: step.name })]);
    return { totals: figuresOf(totals)[0] ?? {}, series: seriesOf(series) };
  };
  const rows = (...dimensions: readonly string[]) => ask({ range, measures: rowMeasures, dimensions, limit: 50 });
  const [now, before, models, gateways] = await Promise.all([
    both(range),
    search.compare === true ? both(rangeBefore(range)) : null,
    rows("provider", "model"),
    search.gateway === undefined ? rows("gateway") : null,
  ]);
  return {
    range,
    stepMs: step.lengthMs,
    ...now,
    before,
    models: figuresOf(models),
    gateways: gateways === null ? [] : figuresOf(gateways),
  };
}
