import { uncached } from "../envelope.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { askStore } from "./ask-store.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";
import { parseFilters } from "./parse-filters.ts";
import { deleteParameters } from "./schemas.ts";

/**
 * `DELETE …/logs`: deletes the first `limit` logs of the order that match, the oldest first by default; without filters any match.
 * Answers `{"success": true}` without an envelope (reference §14.2), and how many went as `deleted`.
 * @throws ManagementError 400 code 7001 with the `path` of what is wrong.
 */
export async function deleteLogs(request: ManagementRequest, { store }: LogRoutesOptions): Promise<Response> {
  const scope = logScope(request.params);
  const query = request.url.searchParams;
  const given = parseQuery(query, deleteParameters);
  const deleted = await askStore(
    store.delete(scope, {
      filters: parseFilters(query),
      search: given.search ?? null,
      orderBy: given.order_by,
      direction: given.order_by_direction ?? "asc",
      limit: given.limit,
    }),
  );
  return Response.json({ success: true, deleted }, { headers: uncached });
}
