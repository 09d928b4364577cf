import type { Database } from "bun:sqlite";
import { counterNames } from "../../analytics/counters.ts";
import { holds } from "../../analytics/filter.ts";
import { addReadCounters, bucketFinder, GroupTable, neededSources, type NeededSources } from "../../analytics/group-table.ts";
import type { GroupTotals } from "../../analytics/measures.ts";
import { isSeriesDimension, type Series, seriesValue } from "../../analytics/series.ts";
import type { AnalyticsAnswer, AnalyticsQuestion, AnalyticsValue } from "../ports/analytics-store.ts";
import { plannedBuckets, planSpans, type ReadableTier, type Span } from "./plan-spans.ts";
import { readInSlices } from "./read-in-slices.ts";
import { readSeries } from "./roll-up-series.ts";
import { sketchTable, tierWidthMs } from "./roll-up-tables.ts";

/** A group's number and values, for each series that the filter lets through. */
type SeriesGroups = ReadonlyMap<number, { readonly key: number; readonly dimensions: readonly AnalyticsValue[] }>;

/** Columns to read of a span, and what to do with them. */
interface Reading {
  readonly table: (span: Span) => string;
  readonly columns: readonly string[];
  readonly add: (totals: GroupTotals, row: readonly unknown[]) => void;
}

/** Answers from the roll-ups by series; for questions whose dimensions all are series dimensions. */
export async function readSeriesRollUps(
  database: Database,
  tiers: readonly ReadableTier[],
  question: AnalyticsQuestion,
): Promise<AnalyticsAnswer> {
  const table = new GroupTable(question);
  const series = readSeries(database);
  const groups = seriesGroups(series, table, question);
  const plan = planSpans(tiers, question);
  const { starts, startOf } = plannedBuckets(plan);
  const choice = groups.size < series.size / 2 ? onlySeries([...groups.keys()]) : { condition: "", parameters: [] };
  for (const reading of readings(neededSources(question))) {
    const bucketOf = bucketFinder(starts);
    for (const span of plan.spans) {
      const widthMs = tierWidthMs[span.tier];
      const finder = totalsFinder(table, groups);
      const source = { table: reading.table(span), keys: ["at", "series"], columns: reading.columns, span, ...choice };
      await readInSlices(database, source, (row) => {
        const bucket = bucketOf((row[0] as number) * widthMs);
        const totals = finder(startOf(bucket), row[1] as number);
        if (totals !== null) reading.add(totals, row);
      });
    }
  }
  return { groups: table.finish(), source: "roll-ups", fromMs: plan.fromMs, toMs: plan.toMs };
}

function onlySeries(numbers: readonly number[]): { readonly condition: string; readonly parameters: string[] } {
  return { condition: "series IN (SELECT value FROM json_each(?))", parameters: [JSON.stringify(numbers)] };
}

function seriesGroups(
  allSeries: ReadonlyMap<number, Series>,
  table: GroupTable,
  question: AnalyticsQuestion,
): SeriesGroups {
  const dimensions = question.dimensions.filter(isSeriesDimension);
  const groups = new Map<number, { key: number; dimensions: AnalyticsValue[] }>();
  for (const [number, series] of allSeries) {
    const isWanted = holds(question.filter, (dimension) =>
      isSeriesDimension(dimension) ? seriesValue(series, dimension) : null,
    );
    if (!isWanted) continue;
    const values = dimensions.map((dimension) => seriesValue(series, dimension));
    groups.set(number, { key: table.keyOf(values), dimensions: values });
  }
  return groups;
}

/** Looks a group's totals up; rows come bucket by bucket, so those of the bucket at hand are kept at hand. */
function totalsFinder(
  table: GroupTable,
  groups: SeriesGroups,
): (bucketStartMs: number | null, series: number) => GroupTotals | null {
  const recent = new Map<number, GroupTotals>();
  let recentBucket: number | null = null;
  return (bucketStartMs, series) => {
    const group = groups.get(series);
    if (group === undefined) return null;
    if (bucketStartMs !== recentBucket) recent.clear();
    recentBucket = bucketStartMs;
    let totals = recent.get(group.key);
    if (totals === undefined) {
      totals = table.totals(bucketStartMs, group.key, group.dimensions);
      recent.set(group.key, totals);
    }
    return totals;
  };
}

function readings({ counters, sketches }: NeededSources): Reading[] {
  const list: Reading[] = [];
  // Without any measure the groups themselves are asked for.
  if (counters.length > 0 || sketches.length === 0) {
    list.push({
      table: ({ tier }) => `roll_up_${tier}`,
      columns: counters.map((index) => counterNames[index] as string),
      add: (totals, row) => addReadCounters(totals, counters, row),
    });
  }
  if (sketches.length > 0) {
    list.push({
      table: ({ tier }) => sketchTable(tier),
      columns: sketches,
      add(totals, row) {
        for (const [place, name] of sketches.entries()) {
          const encoded = row[place + 2] as Uint8Array;
          if (name === "duration") totals.duration?.merge(encoded);
          else if (name === "first_byte") totals.firstByte?.merge(encoded);
          else totals.users?.merge(encoded);
        }
      },
    });
  }
  return list;
}
