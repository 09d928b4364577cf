import type {
  AnalyticsCondition,
  AnalyticsDimension,
  AnalyticsFilter,
  AnalyticsValue,
} from "../stores/ports/analytics-store.ts";

/** Whether a filter holds, given how to read a dimension. An empty `all` holds always, an empty `any` never. */
export function holds(filter: AnalyticsFilter, read: (dimension: AnalyticsDimension) => AnalyticsValue): boolean {
  if ("all" in filter) return filter.all.every((part) => holds(part, read));
  if ("any" in filter) return filter.any.some((part) => holds(part, read));
  return conditionHolds(filter, read(filter.dimension));
}

function conditionHolds({ operator, values }: AnalyticsCondition, value: AnalyticsValue): boolean {
  if (operator === "eq") return values.includes(value);
  if (operator === "neq") return !values.includes(value);
  if (operator === "contains") return values.some((part) => isPart(part, value));
  const limit = values[0] ?? null;
  if (value === null || limit === null || typeof value !== typeof limit) return false;
  if (operator === "lt") return value < limit;
  if (operator === "lte") return value <= limit;
  return operator === "gt" ? value > limit : value >= limit;
}

function isPart(part: AnalyticsValue, value: AnalyticsValue): boolean {
  return typeof part === "string" && typeof value === "string" && value.toLowerCase().includes(part.toLowerCase());
}

/** All dimensions that a filter asks for, each once. */
export function filteredDimensions(filter: AnalyticsFilter): AnalyticsDimension[] {
  if ("all" in filter) return [...new Set(filter.all.flatMap(filteredDimensions))];
  if ("any" in filter) return [...new Set(filter.any.flatMap(filteredDimensions))];
  return [filter.dimension];
}

/** The values to which a filter holds a dimension whatever else it says; null when it does not. */
export function requiredValues(
  filter: AnalyticsFilter,
  dimension: AnalyticsDimension,
): readonly AnalyticsValue[] | null {
  if ("any" in filter) return null;
  if ("all" in filter) {
    const parts = filter.all.map((part) => requiredValues(part, dimension));
    return parts.find((values) => values !== null) ?? null;
  }
  return filter.dimension === dimension && filter.operator === "eq" ? filter.values : null;
}
