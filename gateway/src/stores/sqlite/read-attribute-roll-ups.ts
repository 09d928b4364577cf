import type { Database } from "bun:sqlite";
import { USER_ATTRIBUTE } from "../../analytics/attributes.ts";
import { counterNames } from "../../analytics/counters.ts";
import { filteredDimensions, holds, requiredValues } from "../../analytics/filter.ts";
import { bucketFinder, GroupTable, neededSources } from "../../analytics/group-table.ts";
import type {
  AnalyticsAnswer,
  AnalyticsDimension,
  AnalyticsQuestion,
  AnalyticsValue,
} from "../ports/analytics-store.ts";
import { plannedBuckets, planSpans, type ReadableTier, type SpanPlan } from "./plan-spans.ts";
import { readInSlices } from "./read-in-slices.ts";
import { countAttributes, MOST_NAMES } from "./roll-up-attributes.ts";
import { tierWidthMs } from "./roll-up-tables.ts";

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
  const { table, plan, number, question } = reading;
  const { starts, startOf } = plannedBuckets(plan);
  const bucketOf = bucketFinder(starts);
  const groupOf = attributeGroups(database, reading);
  const { counters } = neededSources(question);
  for (const span of plan.spans) {
    const source = {
      table: `roll_up_attribute_${span.tier}`,
      keys: ["at", "gateway", "value"],
      columns: counters.map((index) => counterNames[index] as string),
      span,
      condition: "attribute = ?",
      parameters: [number],
    };
    await readInSlices(database, source, (row) => {
      const group = groupOf(row[1] as number, row[2] as string);
      if (group === null) return;
      const bucket = startOf(bucketOf((row[0] as number) * tierWidthMs[span.tier]));
      const totals = table.totals(bucket, group.key, group.dimensions);
      for (const [place, index] of counters.entries()) {
        totals.counters[index] = (totals.counters[index] as number) + (row[place + 3] as number);
      }
    });
  }
}

/** A function that answers the group of a gateway and a value; null when the filter leaves it out. */
function attributeGroups(database: Database, { table, name, question }: AttributeReading) {
  const gateways = new Map(
    (
      database
        .query("SELECT gateway AS number, account_id AS account, gateway_id AS gateway FROM roll_up_gateways")
        .all() as (Gateway & { number: number })[]
    ).map((row) => [row.number, row]),
  );
  const known = new Map<string, { key: number; dimensions: AnalyticsValue[] } | null>();
  return (gatewayNumber: number, value: string) => {
    const id = `${gatewayNumber} ${value}`;
    let group = known.get(id);
    if (group === undefined) {
      const gateway = gateways.get(gatewayNumber) as Gateway;
      const read = (dimension: AnalyticsDimension): AnalyticsValue =>
        dimension === name ? value : gateway[dimension as keyof Gateway];
      const dimensions = question.dimensions.map(read);
      group = holds(question.filter, read) ? { key: table.keyOf(dimensions), dimensions } : null;
      known.set(id, group);
    }
    return group;
  };
}
