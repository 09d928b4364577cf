import type { z } from "zod";
import type { LogFilter, LogFilterKey, LogFilterValue } from "../../stores/ports/log-store.ts";
import { parseQuery } from "../parse-query.ts";
import { nanoUsdFrom } from "./nano-usd-from.ts";
import { deprecatedParameters } from "./schemas.ts";

type Parameters = z.output<typeof deprecatedParameters>;

/**
 * The filters that the deprecated single parameters stand for; their bounds are inclusive, durations as shown in whole milliseconds.
 * @throws ManagementError 400 code 7001 with path `["query", name]`.
 */
export function deprecatedFilters(query: URLSearchParams): LogFilter[] {
  const given = parseQuery(query, deprecatedParameters);
  return [...bounds(given), ...equalities(given)];
}

/** The store has no inclusive bounds: next to whole numbers the neighbours of the bound take their place. */
function bounds(given: Parameters): LogFilter[] {
  const ranges: readonly [LogFilterKey, number | undefined, number | undefined][] = [
    ["created_at", given.start_date, given.end_date],
    ["cost", optionalNanoUsd(given.min_cost), optionalNanoUsd(given.max_cost)],
    ["tokens_in", given.min_tokens_in, given.max_tokens_in],
    ["tokens_out", given.min_tokens_out, given.max_tokens_out],
    ["tokens", given.min_total_tokens, given.max_total_tokens],
  ];
  const { min_duration: minMs, max_duration: maxMs } = given;
  return [
    ...ranges.flatMap(([key, min, max]) => [
      beyond(key, "gt", min === undefined ? undefined : Math.ceil(min) - 1),
      beyond(key, "lt", max === undefined ? undefined : Math.floor(max) + 1),
    ]),
    beyond("duration", "gt", minMs === undefined ? undefined : minMs - 0.5),
    beyond("duration", "lt", maxMs === undefined ? undefined : maxMs + 0.5),
  ].filter((filter) => filter !== null);
}

function beyond(key: LogFilterKey, operator: "gt" | "lt", bound: number | undefined): LogFilter | null {
  return bound === undefined ? null : { key, operator, values: [bound] };
}

function optionalNanoUsd(usd: number | undefined): number | undefined {
  return usd === undefined ? undefined : nanoUsdFrom(usd);
}

function equalities(given: Parameters): LogFilter[] {
  const values: readonly [LogFilterKey, LogFilterValue | undefined][] = [
    ["feedback", given.feedback],
    ["success", given.success],
    ["cached", given.cached],
    ["provider", given.provider],
    ["model", given.model],
    ["model_type", given.model_type],
    ["request_content_type", given.request_content_type],
    ["response_content_type", given.response_content_type],
  ];
  return values.flatMap(([key, value]): LogFilter[] =>
    value === undefined ? [] : [{ key, operator: "eq", values: [value] }],
  );
}
