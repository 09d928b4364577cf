import type { Database } from "bun:sqlite";
import { counterNames } from "../../analytics/counters.ts";
import { filteredDimensions, holds } from "../../analytics/filter.ts";
import {
  addReadCounters,
  bucketFinder,
  GroupTable,
  neededSources,
  type NeededSources,
} from "../../analytics/group-table.ts";
import type { GroupTotals } from "../../analytics/measures.ts";
import { isFamilyDimension, isSeriesDimension, seriesValue } from "../../analytics/series.ts";
import type {
  AnalyticsAnswer,
  AnalyticsDimension,
  AnalyticsQuestion,
  AnalyticsValue,
} from "../ports/analytics-store.ts";
import { plannedBuckets, planSpans, type ReadableTier, type Span } from "./plan-spans.ts";
import { readInSlices } from "./read-in-slices.ts";
import { readSeries } from "./roll-up-series.ts";
import { counterTable, type Grain, sketchTable, tierWidthMs } from "./roll-up-tables.ts";

/** A group's number and values, for each series or family that the filter lets through. */
interface Groups {
  readonly byNumber: ReadonlyMap<number, { readonly key: number; readonly dimensions: readonly AnalyticsValue[] }>;
  /** Condition that leaves out the others; empty when there are few of them. */
  readonly condition: string;
  readonly parameters: readonly string[];
}

/** Columns to read of a span, and what to do with them. */
interface Reading {
  readonly table: string;
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
  const plan = planSpans(tiers, question);
  const { starts, startOf } = plannedBuckets(plan);
  const isFine = [...question.dimensions, ...filteredDimensions(question.filter)].some(
    (name) => !isFamilyDimension(name),
  );
  const groups = { series: groupsOf("series", database, { table, question }), family: null as Groups | null };
  if (!isFine) groups.family = groupsOf("family", database, { table, question });
  const bucketOf = bucketFinder(starts);
  for (const span of plan.spans) {
    const grain: Grain = isFine || span.tier === "minutes" ? "series" : "family";
    const { byNumber, condition, parameters } = groups[grain] as Groups;
    for (const reading of readings(neededSources(question), grain, span)) {
      const totalsOf = totalsFinder(table, byNumber);
      const { columns } = reading;
      const source = { table: reading.table, keys: ["at", grain], columns, span, condition, parameters };
      await readInSlices(database, source, (row) => {
        const bucket = startOf(bucketOf((row[0] as number) * tierWidthMs[span.tier]));
        const totals = totalsOf(bucket, row[1] as number);
        if (totals !== null) reading.add(totals, row);
      });
    }
  }
  return { groups: table.finish(), source: "roll-ups", fromMs: plan.fromMs, toMs: plan.toMs };
}

function groupsOf(
  grain: Grain,
  database: Database,
  { table, question }: { readonly table: GroupTable; readonly question: AnalyticsQuestion },
): Groups {
  const dimensions = question.dimensions.filter(isSeriesDimension);
  const byNumber = new Map<number, { key: number; dimensions: AnalyticsValue[] }>();
  const all = new Set<number>();
  for (const numbered of readSeries(database)) {
    if (all.has(numbered[grain])) continue;
    all.add(numbered[grain]);
    const read = (name: AnalyticsDimension): AnalyticsValue =>
      isSeriesDimension(name) ? seriesValue(numbered.of, name) : null;
    if (!holds(question.filter, read)) continue;
    const values = dimensions.map(read);
    byNumber.set(numbered[grain], { key: table.keyOf(values), dimensions: values });
  }
  if (byNumber.size >= all.size / 2) return { byNumber, condition: "", parameters: [] };
  const condition = `${grain} IN (SELECT value FROM json_each(?))`;
  return { byNumber, condition, parameters: [JSON.stringify([...byNumber.keys()])] };
}

/** Looks a group's totals up; rows come bucket by bucket, so those of the bucket at hand are kept at hand. */
function totalsFinder(
  table: GroupTable,
  byNumber: Groups["byNumber"],
): (bucketStartMs: number | null, number: number) => GroupTotals | null {
  const recent = new Map<number, GroupTotals>();
  let recentBucket: number | null = null;
  return (bucketStartMs, number) => {
    if (bucketStartMs !== recentBucket) recent.clear();
    recentBucket = bucketStartMs;
    let totals = recent.get(number);
    if (totals !== undefined) return totals;
    const group = byNumber.get(number);
    if (group === undefined) return null;
    totals = table.totals(bucketStartMs, group.key, group.dimensions);
    recent.set(number, totals);
    return totals;
  };
}

function readings({ counters, sketches }: NeededSources, grain: Grain, { tier }: Span): Reading[] {
  const columns = counters.map((index) => counterNames[index] as string);
  const addSketches = sketchAdder(sketches);
  const addCounters: Reading["add"] = (totals, row) => addReadCounters(totals, counters, row);
  if (sketches.length === 0) return [{ table: counterTable(grain, tier), columns, add: addCounters }];
  const ofSketches: Reading = {
    table: sketchTable(grain, tier),
    columns: sketches,
    add: (totals, row) => addSketches(totals, row, 2),
  };
  if (counters.length === 0) return [ofSketches];
  if (tier !== "minutes") return [{ table: counterTable(grain, tier), columns, add: addCounters }, ofSketches];
  // Minutes have both in one row.
  const both: Reading["add"] = (totals, row) => {
    addCounters(totals, row);
    addSketches(totals, row, 2 + columns.length);
  };
  return [{ table: counterTable(grain, tier), columns: [...columns, ...sketches], add: both }];
}

/** Adds the sketches that a row has from a place on. */
function sketchAdder(
  sketches: NeededSources["sketches"],
): (totals: GroupTotals, row: readonly unknown[], place: number) => void {
  return (totals, row, place) => {
    for (let index = 0; index < sketches.length; index++) {
      const encoded = row[place + index] as Uint8Array;
      const name = sketches[index];
      if (name === "duration") totals.duration?.merge(encoded);
      else if (name === "first_byte") totals.firstByte?.merge(encoded);
      else totals.users?.merge(encoded);
    }
  };
}
