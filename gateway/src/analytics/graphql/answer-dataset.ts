import { bucketStartsMs } from "../time-buckets.ts";
import {
  type AnalyticsAnswer,
  type AnalyticsGroup,
  type AnalyticsMeasure,
  type AnalyticsQuestion,
  type AnalyticsStore,
  AnalyticsTooLarge,
} from "../../stores/ports/analytics-store.ts";
import { type Dataset, timeDimensions } from "./datasets.ts";
import { badArgument, parseFilter } from "./parse-filter.ts";
import { readLimit, readOrder, sortRows } from "./order-rows.ts";
import type { SelectedFields } from "./selected-fields.ts";

/** Most buckets of time in one answer. */
const MOST_BUCKETS = 50_000;
/** Range when the filter names no beginning. */
const DEFAULT_RANGE_MS = 31 * 86_400_000;

/** Arguments of a dataset field, as they came. */
export interface DatasetArguments {
  readonly limit?: unknown;
  readonly filter?: unknown;
  readonly orderBy?: unknown;
}

/** One group as the schema reads it: figures below `sum` and the like, `count`, and `dimensions`. */
export type DatasetRow = Readonly<Record<string, unknown>>;

/** Whose requests, asked when. */
export interface DatasetContext {
  readonly store: AnalyticsStore;
  /** Null for all accounts. */
  readonly accountTag: string | null;
  readonly nowMs: number;
}

/**
 * Rows of a dataset (reference §11.2), grouped by the dimensions that are selected.
 * @throws GraphQLError for arguments that make no sense and answers that would be too large.
 */
export async function answerDataset(
  dataset: Dataset,
  { args, selected }: { readonly args: DatasetArguments; readonly selected: SelectedFields },
  context: DatasetContext,
): Promise<DatasetRow[]> {
  const limit = readLimit(args.limit);
  const order = readOrder(dataset, { orderBy: args.orderBy, selected });
  const figures = wantedFigures(
    dataset,
    selected,
    order.map(({ path }) => path),
  );
  const names = [...(selected.get("dimensions") ?? [])];
  const question = questionOf(dataset, { args, names, measures: figures.map(({ measure }) => measure) }, context);
  if (question === null) return [];
  const { groups } = await ask(context.store, question);
  const rows = groups.flatMap((group) => {
    const row = rowOf(group, { dataset, names, question, figures });
    // Without anything to group by, nothing at all is no row.
    return names.length === 0 && group.measures[0] === 0 ? [] : [row];
  });
  return sortRows(rows, order).slice(0, limit);
}

interface Figure {
  /** `["count"]` or `["sum", "cost"]`. */
  readonly path: readonly string[];
  readonly measure: AnalyticsMeasure;
}

/** `requests` is always first: it tells whether there is anything. */
function wantedFigures(dataset: Dataset, selected: SelectedFields, ordered: readonly (readonly string[])[]): Figure[] {
  const figures: Figure[] = [{ path: ["count"], measure: "requests" }];
  for (const [outer, inner] of Object.entries(dataset.measures)) {
    for (const [name, measure] of Object.entries(inner)) {
      if (name === "") continue;
      const isOrdered = ordered.some((path) => path[0] === outer && path[1] === name);
      if (isOrdered || selected.get(outer)?.has(name) === true) figures.push({ path: [outer, name], measure });
    }
  }
  return figures;
}

function questionOf(
  dataset: Dataset,
  asked: { readonly args: DatasetArguments; readonly names: readonly string[]; readonly measures: AnalyticsMeasure[] },
  { accountTag, nowMs }: DatasetContext,
): AnalyticsQuestion | null {
  const bounds = parseFilter(dataset, asked.args.filter);
  const toMs = Number.isFinite(bounds.toMs) ? bounds.toMs : Math.max(nowMs, bounds.fromMs + 1);
  const fromMs = Number.isFinite(bounds.fromMs) ? bounds.fromMs : toMs - DEFAULT_RANGE_MS;
  if (fromMs >= toMs) return null;
  const finest = Object.keys(timeDimensions).find((name) => asked.names.includes(name));
  const interval = finest === undefined ? null : (timeDimensions[finest]?.interval ?? null);
  const buckets = interval === null ? null : bucketStartsMs(interval, { fromMs, toMs, timeZone: "UTC" }, MOST_BUCKETS);
  if (interval !== null && buckets === null) throw badArgument("the range is too long for this dimension of time");
  const dimensions = asked.names.flatMap((name) => dataset.dimensions[name]?.from ?? []);
  const ofAccount = { dimension: "account", operator: "eq", values: [accountTag] } as const;
  return {
    fromMs,
    toMs,
    bucketStartsMs: buckets,
    dimensions: [...new Set(dimensions)],
    measures: asked.measures,
    filter: accountTag === null ? bounds.filter : { all: [ofAccount, bounds.filter] },
  };
}

async function ask(store: AnalyticsStore, question: AnalyticsQuestion): Promise<AnalyticsAnswer> {
  try {
    return await store.totals(question);
  } catch (error) {
    throw error instanceof AnalyticsTooLarge ? badArgument(error.message) : error;
  }
}

interface RowOf {
  readonly dataset: Dataset;
  readonly names: readonly string[];
  readonly question: AnalyticsQuestion;
  readonly figures: readonly Figure[];
}

function rowOf(
  { bucketStartMs, dimensions, measures }: AnalyticsGroup,
  { dataset, names, question, figures }: RowOf,
): DatasetRow {
  const row: Record<string, unknown> = Object.fromEntries(Object.keys(dataset.measures).map((outer) => [outer, {}]));
  for (const [index, { path, measure }] of figures.entries()) {
    const value = measures[index] ?? null;
    const shown = measure === "cost_nano_usd" && value !== null ? value / 1e9 : value;
    const [outer = "", inner] = path;
    if (inner === undefined) row[outer] = shown;
    else (row[outer] as Record<string, unknown>)[inner] = shown;
  }
  const shownDimensions = names.map((name) => {
    const time = timeDimensions[name];
    if (time !== undefined) return [name, time.show(bucketStartMs as number)];
    const dimension = dataset.dimensions[name];
    const values = (dimension?.from ?? []).map((from) => dimensions[question.dimensions.indexOf(from)] ?? null);
    return [name, dimension?.show(...values) ?? null];
  });
  return { ...row, dimensions: Object.fromEntries(shownDimensions) };
}
