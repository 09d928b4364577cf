import type { Asked } from "../../api/call-api.ts";
import { type RawSearch, textIn } from "../../lib/search.ts";
import { readRange, type RangeSearch } from "../../lib/time-range.ts";
import { type LogFilter, readFilters } from "./log-filters.ts";

type AskedOrder = NonNullable<
  NonNullable<Asked<"GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs">["query"]>["order_by"]
>;

/** Columns by which the API sorts. */
export const orderKeys = [
  "created_at",
  "provider",
  "model",
  "model_type",
  "success",
  "cached",
  "cost",
  "tokens_in",
  "tokens_out",
  "duration",
  "feedback",
] as const satisfies readonly AskedOrder[];

export type OrderKey = (typeof orderKeys)[number];

/** What the logs page shows, as it is in its URL; what is left out is at its default. */
export interface LogsSearch extends RangeSearch {
  /** Default: the gateway `default`. */
  readonly gateway?: string;
  readonly filters?: readonly LogFilter[];
  readonly search?: string;
  /** Default `created_at`. */
  readonly order?: OrderKey;
  /** Whether the smallest comes first. */
  readonly ascending?: true;
  /** Where the list begins, as the API told it; absent for its beginning. */
  readonly cursor?: string;
  /** Whether new logs are shown as they come. */
  readonly live?: true;
  /** Id of the log that is open. */
  readonly log?: string;
}

/** The search of a URL; members that make no sense fall away. */
export function readLogsSearch(search: RawSearch): LogsSearch {
  const filters = readFilters(search["filters"]);
  const order = orderKeys.find((key) => key === search["order"]);
  return {
    ...readRange(search),
    ...textIn(search, "gateway", 64),
    ...(filters.length === 0 ? {} : { filters }),
    ...textIn(search, "search", 1000),
    ...(order === undefined || order === "created_at" ? {} : { order }),
    ...(search["ascending"] === true ? { ascending: true } : {}),
    ...textIn(search, "cursor", 4000),
    ...(search["live"] === true ? { live: true } : {}),
    ...textIn(search, "log", 100),
  };
}

/** What is asked of the API for a search whose range begins and ends at these moments. */
export function logsQuestion(search: LogsSearch, range: { readonly fromMs: number; readonly toMs: number } | null) {
  const filters = [
    ...(search.filters ?? []),
    // Bounds do not belong to what `gt` and `lt` hold for.
    ...(range === null
      ? []
      : [
          { key: "created_at", operator: "gt", value: [new Date(range.fromMs - 1).toISOString()] },
          { key: "created_at", operator: "lt", value: [new Date(range.toMs).toISOString()] },
        ]),
  ];
  return {
    ...(filters.length === 0 ? {} : { filters }),
    ...(search.search === undefined ? {} : { search: search.search }),
    order_by: search.order ?? ("created_at" as const),
    order_by_direction: search.ascending === true ? ("asc" as const) : ("desc" as const),
  };
}
