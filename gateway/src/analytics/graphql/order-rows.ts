import type { Dataset } from "./datasets.ts";
import { timeDimensions } from "./datasets.ts";
import type { DatasetRow } from "./answer-dataset.ts";
import { badArgument } from "./parse-filter.ts";
import type { SelectedFields } from "./selected-fields.ts";

/** Most rows of one dataset. */
export const MOST_ROWS = 10_000;

/** What rows are ordered by. */
export interface RowOrder {
  /** `["dimensions", "model"]`, `["count"]` or `["sum", "cost"]`. */
  readonly path: readonly string[];
  readonly sign: 1 | -1;
}

/** The `limit` argument; 1,000 when there is none. @throws GraphQLError unless it is a whole number from 1 to 10,000. */
export function readLimit(limit: unknown): number {
  if (limit === undefined || limit === null) return 1000;
  if (Number.isInteger(limit) && (limit as number) >= 1 && (limit as number) <= MOST_ROWS) return limit as number;
  throw badArgument(`limit: expected an integer from 1 to ${MOST_ROWS}`);
}

/**
 * The `orderBy` argument: `datetimeHour_ASC`, `count_DESC`, `sum_cost_DESC`, one or several. Without it the oldest come first,
 * then the most frequent.
 * @throws GraphQLError for names the dataset does not have, and for dimensions that are not selected.
 */
export function readOrder(
  dataset: Dataset,
  { orderBy, selected }: { readonly orderBy: unknown; readonly selected: SelectedFields },
): RowOrder[] {
  const dimensions = [...(selected.get("dimensions") ?? [])];
  const times: RowOrder[] = dimensions
    .filter((name) => Object.hasOwn(timeDimensions, name))
    .map((name) => ({ path: ["dimensions", name], sign: 1 }));
  if (orderBy === undefined || orderBy === null) return [...times, { path: ["count"], sign: -1 }];
  return (Array.isArray(orderBy) ? orderBy : [orderBy]).map((text: unknown) => {
    const [, name = "", direction] = /^(\w+)_(ASC|DESC)$/.exec(String(text)) ?? [];
    const path = pathOf(dataset, name, dimensions);
    if (path === null) throw badArgument(`orderBy: unknown or unselected field ${JSON.stringify(text)}`);
    return { path, sign: direction === "DESC" ? -1 : 1 };
  });
}

function pathOf(dataset: Dataset, name: string, dimensions: readonly string[]): readonly string[] | null {
  if (dimensions.includes(name)) return ["dimensions", name];
  if (name === "count") return ["count"];
  for (const [outer, inner] of Object.entries(dataset.measures)) {
    const member = name.startsWith(`${outer}_`) ? name.slice(outer.length + 1) : "";
    if (member !== "" && Object.hasOwn(inner, member)) return [outer, member];
  }
  return null;
}

/** Rows in their order; null comes last. */
export function sortRows(rows: readonly DatasetRow[], order: readonly RowOrder[]): DatasetRow[] {
  return rows.toSorted((left, right) => {
    for (const { path, sign } of order) {
      const difference = compare(valueAt(left, path), valueAt(right, path), sign);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function valueAt(row: DatasetRow, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], row);
}

function compare(left: unknown, right: unknown, sign: number): number {
  if (left === right) return 0;
  if (left === null || left === undefined) return 1;
  if (right === null || right === undefined) return -1;
  return ((left as string | number) < (right as string | number) ? -1 : 1) * sign;
}
