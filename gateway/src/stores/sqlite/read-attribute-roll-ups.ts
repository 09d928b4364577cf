import type { Database } from "bun:sqlite";
import { USER_ATTRIBUTE } from "../../analytics/attributes.ts";
import { counterNames } from "../../analytics/counters.ts";
import { filteredDimensions, holds, requiredValues } from "../../analytics/filter.ts";
import { addReadCounters, bucketFinder, GroupTable, neededSources } from "../../analytics/group-table.ts";
import type { GroupTotals } from "../../analytics/measures.ts";
import type {
  AnalyticsAnswer,
  AnalyticsDimension,
  AnalyticsQuestion,
  AnalyticsValue,
} from "../ports/analytics-store.ts";
import { plannedBuckets, planSpans, type ReadableTier, type SpanPlan } from "./plan-spans.ts";
import { readInSlices } from "./read-in-slices.ts";
import { countAttributes, MOST_NAMES } from "./roll-up-attributes.ts";
import { ALL_GATEWAYS, tierWidthMs } from "./roll-up-tables.ts";

/** The roll-ups of one attribute, in each account that has it. */
export interface CoveringAttribute {
  readonly name: AnalyticsDimension;
  readonly numbers: readonly number[];
}

interface AttributeRow {
  readonly attribute: number;
  readonly account_id: string;
  readonly covered_until_ms: number | null;
}

interface Gateway {
  readonly gatewayNumber: number;
  readonly account: string;
  readonly gateway: string;
}

/**
 * The attribute whose roll-ups answer a question: it groups or filters by this one, else at most by account and gateway, and
 * measures what can be added up, in buckets of an hour or wider. Null when rows have to be read.
 */
export function coveringAttribute(database: Database, question: AnalyticsQuestion): CoveringAttribute | null {
  const dimensions = [...new Set([...question.dimensions, ...filteredDimensions(question.filter)])];
  const others = dimensions.filter((dimension) => dimension !== "account" && dimension !== "gateway");
  const [name] = others;
  if (others.length !== 1 || name === undefined) return null;
  if (name !== USER_ATTRIBUTE && !name.startsWith("metadata.")) return null;
  // What has no such attribute is in none of its roll-ups, so it must not be asked for either.
  const leavesOutTheRest =
    question.dimensions.includes(name) || (requiredValues(question.filter, name)?.includes(null) ?? true) === false;
  if (!leavesOutTheRest || neededSources(question).sketches.length > 0 || hasNarrowBuckets(question)) return null;
  return findAttribute(database, name, question);
}

function hasNarrowBuckets({ bucketStartsMs }: AnalyticsQuestion): boolean {
  const starts = bucketStartsMs ?? [];
  return starts.some((start, index) => index > 0 && start - (starts[index - 1] as number) < tierWidthMs.hours);
}

function findAttribute(
  database: Database,
  name: AnalyticsDimension,
  { filter, toMs }: AnalyticsQuestion,
): CoveringAttribute | null {
  const accounts = requiredValues(filter, "account");
  const isAsked = (accountId: string): boolean => accounts === null || accounts.includes(accountId);
  const rows = (
    database
      .query("SELECT attribute, account_id, covered_until_ms FROM roll_up_attributes WHERE name = ?")
      .all(name) as AttributeRow[]
  ).filter((row) => isAsked(row.account_id));
  if (rows.some(({ covered_until_ms }) => covered_until_ms !== null && covered_until_ms < toMs)) return null;
  const having = new Set(rows.map(({ account_id }) => account_id));
  const all = database.query("SELECT DISTINCT account_id FROM roll_up_attributes").all() as { account_id: string }[];
  const mayBeLeftOut = all.some(
    ({ account_id: id }) => isAsked(id) && !having.has(id) && countAttributes(database, id) >= MOST_NAMES,
  );
  return mayBeLeftOut ? null : { name, numbers: rows.map(({ attribute }) => attribute) };
}

/** Answers from the roll-ups of an attribute. */
export async function readAttributeRollUps(
  database: Database,
  { tiers, attribute }: { readonly tiers: readonly ReadableTier[]; readonly attribute: CoveringAttribute },
  question: AnalyticsQuestion,
): Promise<AnalyticsAnswer> {
  const table = new GroupTable(question);
  const plan = planSpans(tiers, question);
  for (const number of attribute.numbers) {
    await addAttribute(database, { table, plan, number, name: attribute.name, question });
  }
  return { groups: table.finish(), source: "roll-ups", fromMs: plan.fromMs, toMs: plan.toMs };
}

interface AttributeReading {
  readonly table: GroupTable;
  readonly plan: SpanPlan;
  readonly number: number;
  readonly name: AnalyticsDimension;
  readonly question: AnalyticsQuestion;
}

async function addAttribute(database: Database, reading: AttributeReading): Promise<void> {
  const { plan, number, question } = reading;
  const columns = neededSources(question).counters.map((index) => counterNames[index] as string);
  const gateways = attributeGateways(database, number);
  const wanted = requiredValues(question.filter, "gateway");
  const asked = gateways.filter(({ gateway }) => wanted === null || wanted.includes(gateway));
  const isAsked = [...question.dimensions, ...filteredDimensions(question.filter)].includes("gateway");
  for (const span of plan.spans) {
    const isSummedUp = span.tier === "days" && !isAsked;
    // Which gateway it is makes no difference when none is asked for; the account is the attribute's own.
    for (const gateway of isSummedUp ? gateways.slice(0, 1) : asked) {
      const source = {
        table: `roll_up_attribute_${span.tier}`,
        keys: ["at", "value"],
        columns,
        span,
        condition: "attribute = ? AND gateway = ?",
        parameters: [number, isSummedUp ? ALL_GATEWAYS : gateway.gatewayNumber],
      };
      await readInSlices(database, source, rowAdder(reading, { gateway, widthMs: tierWidthMs[span.tier] }));
    }
  }
}

/** Gateways of the account that an attribute belongs to. */
function attributeGateways(database: Database, attribute: number): Gateway[] {
  return database
    .query(
      `SELECT gateway AS gatewayNumber, account_id AS account, gateway_id AS gateway
      FROM roll_up_gateways JOIN roll_up_attributes USING (account_id) WHERE attribute = ?`,
    )
    .all(attribute) as Gateway[];
}

/** Adds the rows of one gateway to the groups they belong to. */
function rowAdder(
  { table, plan, name, question }: AttributeReading,
  { gateway, widthMs }: { readonly gateway: Gateway; readonly widthMs: number },
): (row: readonly unknown[]) => void {
  const { starts, startOf } = plannedBuckets(plan);
  const bucketOf = bucketFinder(starts);
  const { counters } = neededSources(question);
  const totalsOf = (bucketStartMs: number | null, value: string): GroupTotals | null => {
    const read = (dimension: AnalyticsDimension): AnalyticsValue =>
      dimension === name ? value : gateway[dimension as "account" | "gateway"];
    if (!holds(question.filter, read)) return null;
    const dimensions = question.dimensions.map(read);
    return table.totals(bucketStartMs, table.keyOf(dimensions), dimensions);
  };
  const known = new Map<string, GroupTotals | null>();
  let knownBucket: number | null = null;
  return (row) => {
    const bucketStartMs = startOf(bucketOf((row[0] as number) * widthMs));
    if (bucketStartMs !== knownBucket) known.clear();
    knownBucket = bucketStartMs;
    const value = row[1] as string;
    let totals = known.get(value);
    if (totals === undefined) {
      totals = totalsOf(bucketStartMs, value);
      known.set(value, totals);
    }
    if (totals !== null) addReadCounters(totals, counters, row);
  };
}
