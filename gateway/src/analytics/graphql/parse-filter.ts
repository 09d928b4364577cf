import { GraphQLError } from "graphql";
import type { AnalyticsFilter, AnalyticsValue } from "../../stores/ports/analytics-store.ts";
import { parseTime } from "../../management/parse-time.ts";
import { type Dataset, type DatasetDimension, type TimeDimension, timeDimensions } from "./datasets.ts";

/** A filter argument: when, and what else. */
export interface ParsedFilter {
  /** Unix milliseconds, first included; -Infinity for no bound. */
  readonly fromMs: number;
  /** Unix milliseconds, first not included; Infinity for no bound. */
  readonly toMs: number;
  readonly filter: AnalyticsFilter;
}

const operators = ["eq", "neq", "in", "notin", "gt", "geq", "lt", "leq", "like"] as const;
type Operator = (typeof operators)[number];

const comparisons = { gt: "gt", geq: "gte", lt: "lt", leq: "lte" } as const;

/** A fault in what the client asked, as GraphQL tells it. */
export function badArgument(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

/**
 * The filter argument of a dataset (reference §11.2): members `name`, `name_geq`, `name_in` … hold together; `AND` and `OR` take
 * lists of filters. Times may not stand below `OR`.
 * @throws GraphQLError for unknown members and values of another kind.
 */
export function parseFilter(dataset: Dataset, argument: unknown): ParsedFilter {
  let parsed: ParsedFilter = {
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
    filter: dataset.filter,
  };
  for (const [member, value] of Object.entries(objectOf(argument ?? {}))) {
    parsed = both(parsed, parseMember(dataset, member, value));
  }
  return parsed;
}

function both(left: ParsedFilter, right: Partial<ParsedFilter>): ParsedFilter {
  return {
    fromMs: Math.max(left.fromMs, right.fromMs ?? Number.NEGATIVE_INFINITY),
    toMs: Math.min(left.toMs, right.toMs ?? Number.POSITIVE_INFINITY),
    filter: right.filter === undefined ? left.filter : { all: [left.filter, right.filter] },
  };
}

function parseMember(dataset: Dataset, member: string, value: unknown): Partial<ParsedFilter> {
  if (member === "AND") {
    const parts = listOf(value).map((part) => parseFilter(dataset, part));
    return parts.reduce((left, right) => both(left, right), parseFilter(dataset, {}));
  }
  if (member === "OR") return { filter: { any: listOf(value).map((part) => timelessFilter(dataset, part)) } };
  const [, name = "", suffix = "eq"] = /^(.+?)(?:_([a-z]+))?$/.exec(member) ?? [];
  const operator = operators.find((each) => each === suffix);
  if (operator === undefined) throw badArgument(`unknown operator "_${suffix}" in filter "${member}"`);
  const time = Object.hasOwn(timeDimensions, name) ? timeDimensions[name] : undefined;
  if (time !== undefined) return timeBounds(member, { time, name, operator, value });
  const dimension = Object.hasOwn(dataset.dimensions, name) ? dataset.dimensions[name] : undefined;
  if (dimension === undefined) throw badArgument(`unknown field "${name}" in filter`);
  return { filter: condition(member, { dimension, operator, value }) };
}

function timelessFilter(dataset: Dataset, argument: unknown): AnalyticsFilter {
  const { fromMs, toMs, filter } = parseFilter(dataset, argument);
  if (Number.isFinite(fromMs) || Number.isFinite(toMs)) throw badArgument("filters of time cannot stand below OR");
  return filter;
}

interface MemberOf {
  readonly operator: Operator;
  readonly value: unknown;
}

function condition(
  member: string,
  { dimension, operator, value }: MemberOf & { dimension: DatasetDimension },
): AnalyticsFilter {
  if (operator === "eq") return dimension.equals(scalarOf(member, value));
  if (operator === "in") return { any: listOf(value).map((each) => dimension.equals(scalarOf(member, each))) };
  if (operator === "neq") return except(dimension, [scalarOf(member, value)]);
  if (operator === "notin")
    return except(
      dimension,
      listOf(value).map((each) => scalarOf(member, each)),
    );
  const [from] = dimension.from;
  if (from === undefined || operator === "like") throw badArgument(`operator not supported in filter "${member}"`);
  const limit = scalarOf(member, value);
  const factor = from === "cost_nano_usd" ? 1e9 : 1;
  // Of a dimension made of several, the last is the one that people mean.
  const last = dimension.from.at(-1) ?? from;
  return {
    dimension: last,
    operator: comparisons[operator],
    values: [typeof limit === "number" ? limit * factor : limit],
  };
}

/** The opposite of equalling any of `values`. */
function except(dimension: DatasetDimension, values: readonly AnalyticsValue[]): AnalyticsFilter {
  return { all: values.map((value) => opposite(dimension.equals(value))) };
}

function opposite(filter: AnalyticsFilter): AnalyticsFilter {
  if ("all" in filter) return { any: filter.all.map(opposite) };
  if ("any" in filter) return { all: filter.any.map(opposite) };
  return { ...filter, operator: filter.operator === "eq" ? "neq" : "eq" };
}

function timeBounds(
  member: string,
  { time, name, operator, value }: MemberOf & { time: TimeDimension; name: string },
): Partial<ParsedFilter> {
  const timeMs = typeof value === "string" ? parseTime(value) : null;
  if (timeMs === null) throw badArgument(`expected a time such as 2026-01-31T09:30:00Z in filter "${member}"`);
  const floorMs = Math.floor(timeMs / time.widthMs) * time.widthMs;
  const ceilingMs = Math.ceil(timeMs / time.widthMs) * time.widthMs;
  if (operator === "geq") return { fromMs: ceilingMs };
  if (operator === "gt") return { fromMs: floorMs + time.widthMs };
  if (operator === "lt") return { toMs: ceilingMs };
  // A moment is no minute: up to 10:00 does not take the minute that begins there.
  if (operator === "leq") return { toMs: name === "datetime" ? ceilingMs : floorMs + time.widthMs };
  if (operator === "eq") return { fromMs: ceilingMs, toMs: floorMs + time.widthMs };
  throw badArgument(`operator not supported in filter "${member}"`);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badArgument("filter: expected an object");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function scalarOf(member: string, value: unknown): AnalyticsValue {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as AnalyticsValue;
  throw badArgument(`expected a scalar in filter "${member}"`);
}
