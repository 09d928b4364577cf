import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { Page } from "../../components/ui/page.tsx";
import { RangeChoice } from "../../components/ui/range-choice.tsx";
import { GatewayChoice } from "../gateways/gateway-choice.tsx";
import type { FilterValue } from "../logs/log-filters.ts";
import type { LogsSearch } from "../logs/logs-search.ts";
import { Cards } from "./cards.tsx";
import { type Figures, numberOf } from "./figures.ts";
import { chartLines, type OverviewChart, overviewCharts } from "./overview-charts.ts";
import type { OverviewSearch } from "./overview-search.ts";
import { Ranking } from "./ranking.tsx";
import { TimeChart } from "./time-chart.tsx";
import { type Overview, useOverview } from "./use-overview.ts";

const route = getRouteApi("/shell/ui/overview");

/** How much, how fast, how well and at what price, over any range. */
export function OverviewPage() {
  const search: OverviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useOverview(search);
  return (
    <Page
      title="Overview"
      lead="Every attempt at a provider and every refusal is counted, also when its log is not kept."
      actions={
        <>
          <GatewayChoice
            withAll
            value={search.gateway ?? ""}
            onGateway={(gateway) =>
              void navigate({
                search: ({ gateway: _before, ...rest }) => (gateway === "" ? rest : { ...rest, gateway }),
              })
            }
          />
          <RangeChoice
            value={search}
            onRange={(range) =>
              void navigate({ search: ({ gateway, compare }) => definedOnly({ gateway, compare, ...range }) })
            }
          />
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              checked={search.compare === true}
              onChange={() =>
                void navigate({
                  search: ({ compare, ...rest }) => (compare === true ? rest : { ...rest, compare: true as const }),
                })
              }
            />
            Compare with before
          </label>
        </>
      }
    >
      {overview.isPending ? <Loading label="Counting" /> : null}
      {overview.isError ? <Failure error={overview.error} retry={() => void overview.refetch()} /> : null}
      {overview.data === undefined ? null : (
        <div className={overview.isPlaceholderData ? "opacity-60" : ""}>
          <OverviewContent overview={overview.data} search={search} />
        </div>
      )}
    </Page>
  );
}

function OverviewContent({ overview, search }: { readonly overview: Overview; readonly search: OverviewSearch }) {
  const { totals, before, models, gateways, range } = overview;
  if (numberOf(totals["requests"]) === 0) return <NoRequests />;
  // Logs are of one gateway: of all of them the busiest is meant.
  const busiest = gateways[0]?.["gateway"];
  const gateway = search.gateway ?? (typeof busiest === "string" ? busiest : "default");
  const logs: LogsSearch = { gateway, from: Math.floor(range.fromMs), to: Math.ceil(range.toMs) };
  return (
    <>
      {gateways.length > 1 ? (
        <p className="mb-2 text-soft">
          Figures and points lead to the logs of {gateway}, the busiest gateway; those of another one are below.
        </p>
      ) : null}
      <Cards totals={totals} before={before?.totals ?? null} logs={logs} />
      <div className="mb-4 grid gap-4 lg:grid-cols-2">
        {overviewCharts.map((chart) => (
          <Chart key={chart.title} chart={chart} overview={overview} gateway={gateway} />
        ))}
      </div>
      <div className="grid gap-4 xl:grid-cols-2">
        <Ranking
          title="Models"
          rows={models}
          nameOf={modelName}
          logsOf={(row) => ({ ...logs, ...modelFilters(row) })}
        />
        {gateways.length < 2 ? null : (
          <Ranking
            title="Gateways"
            rows={gateways}
            nameOf={(row) => String(row["gateway"])}
            logsOf={(row) => ({ ...logs, gateway: String(row["gateway"]) })}
          />
        )}
      </div>
    </>
  );
}

interface ChartProps {
  readonly chart: OverviewChart;
  readonly overview: Overview;
  readonly gateway: string;
}

function Chart({ chart, overview: { series, before, stepMs }, gateway }: ChartProps) {
  const navigate = route.useNavigate();
  const lines = useMemo(() => chartLines(chart, series, before?.series ?? null), [chart, series, before]);
  const pick = (index: number): void => {
    const from = series.timesMs[index];
    if (from === undefined) return;
    const order = chart.order === undefined ? {} : { order: chart.order };
    // A day may be an hour longer or shorter than others.
    void navigate({
      to: "/ui/logs",
      search: { gateway, from, to: series.timesMs[index + 1] ?? from + stepMs, ...order },
    });
  };
  return (
    <TimeChart
      title={chart.title}
      timesMs={series.timesMs}
      lines={lines}
      format={chart.format}
      isLastOpen={(series.timesMs.at(-1) ?? 0) + stepMs > Date.now()}
      onPick={pick}
    />
  );
}

function modelName({ provider, model }: Figures): string {
  return `${String(provider ?? "") || "no provider"} / ${String(model ?? "unknown")}`;
}

function modelFilters({ provider, model }: Figures): LogsSearch {
  const is = (key: string, value: FilterValue) => ({ key, operator: "eq" as const, value: [value] });
  return { filters: [is("provider", provider ?? ""), ...(model === "(other)" ? [] : [is("model", model ?? null)])] };
}

function definedOnly(search: {
  readonly [Name in keyof OverviewSearch]?: OverviewSearch[Name] | undefined;
}): OverviewSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as OverviewSearch;
}

function NoRequests() {
  return (
    <div className="rounded border border-line bg-panel p-8 text-center">
      <p className="font-medium">No requests in this range</p>
      <p className="mt-1 mb-4 text-soft">Choose a longer one, or send something through the gateway.</p>
      <Link
        to="/ui/start"
        className="inline-flex rounded bg-accent px-3 py-1.5 font-medium text-accent-ink hover:opacity-90"
      >
        First steps
      </Link>
    </div>
  );
}
