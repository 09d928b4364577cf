import { usdFromNano } from "../../core/money.ts";
import type { LogPage, LogQuery } from "../../stores/ports/log-store.ts";
import type { ResultInfo } from "../envelope.ts";
import { success } from "../envelope.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { deprecatedFilters } from "./deprecated-filters.ts";
import { fullPage } from "./full-page.ts";
import { logRow } from "./log-row.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";

import { parseFilters } from "./parse-filters.ts";
import { listParameters } from "./schemas.ts";

/**
 * `GET …/logs` (reference §14.2): a page of logs, newest first unless ordered otherwise. `cursor` goes on where a page's
 * `result_info.cursor` points, at the same price however deep; numbered pages beyond the end are empty, which ends the SDK's iterator.
 * @throws ManagementError 400 code 7001 with the `path` of what is wrong.
 */
export async function listLogs(request: ManagementRequest, { store }: LogRoutesOptions): Promise<Response> {
  const scope = logScope(request.params);
  const query = request.url.searchParams;
  const given = parseQuery(query, listParameters);
  const filters = [...parseFilters(query), ...deprecatedFilters(query)];
  if (given.search !== undefined) request.require("logs.read-bodies");
  const asked: LogQuery = {
    filters,
    search: given.search ?? null,
    orderBy: given.order_by,
    direction: given.order_by_direction ?? given.direction ?? "desc",
    limit: given.per_page,
    offset: (given.page - 1) * given.per_page,
    cursor: given.cursor ?? null,
    withTotal: true,
    withRanges: given.meta_info,
  };
  const page = await fullPage(store, scope, asked);
  return success(page.logs.map(logRow), resultInfo(page, { page: given.page, perPage: given.per_page }));
}

function resultInfo(page: LogPage, asked: { readonly page: number; readonly perPage: number }): ResultInfo {
  return {
    count: page.logs.length,
    page: asked.page,
    per_page: asked.perPage,
    total_count: page.total ?? page.logs.length,
    is_total_exact: page.isTotalExact,
    cursor: page.nextCursor,
    ...rangeMembers(page),
  };
}

function rangeMembers({ ranges }: LogPage): Record<string, number | null> {
  if (ranges === null) return {};
  const usd = (nanoUsd: number | null): number | null => (nanoUsd === null ? null : usdFromNano(nanoUsd));
  const whole = (valueMs: number | null): number | null => (valueMs === null ? null : Math.round(valueMs));
  return {
    min_cost: usd(ranges.costNanoUsd.min),
    max_cost: usd(ranges.costNanoUsd.max),
    min_duration: whole(ranges.durationMs.min),
    max_duration: whole(ranges.durationMs.max),
    min_tokens_in: ranges.tokensIn.min,
    max_tokens_in: ranges.tokensIn.max,
    min_tokens_out: ranges.tokensOut.min,
    max_tokens_out: ranges.tokensOut.max,
    min_total_tokens: ranges.totalTokens.min,
    max_total_tokens: ranges.totalTokens.max,
  };
}
