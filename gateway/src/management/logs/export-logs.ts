import { uncached } from "../envelope.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { csvFormat } from "./csv-format.ts";
import { deprecatedFilters } from "./deprecated-filters.ts";
import { exportRows } from "./export-rows.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";
import { ndjsonFormat } from "./ndjson-format.ts";
import { parseFilters } from "./parse-filters.ts";
import { exportParameters } from "./schemas.ts";

/**
 * `GET …/logs/export`: every log that matches, streamed as NDJSON or CSV as fast as the client reads, newest first unless ordered
 * otherwise; with `bodies=true` also what was sent and answered. `headgate-total-rows` says how many are to come, `progress=true` adds
 * lines that tell how far it is and one at the end. A fault on the way breaks the connection: what ends is whole.
 * @throws ManagementError 400 code 7001 with the `path` of what is wrong.
 */
export async function exportLogs(request: ManagementRequest, { store, onFault }: LogRoutesOptions): Promise<Response> {
  const scope = logScope(request.params);
  const query = request.url.searchParams;
  const given = parseQuery(query, exportParameters);
  if (given.bodies || given.search !== undefined) request.require("logs.read-bodies");
  const format = given.format === "csv" ? csvFormat(given.bodies) : ndjsonFormat;
  const { total, isTotalExact, lines } = await exportRows(store, {
    scope,
    filters: [...parseFilters(query), ...deprecatedFilters(query)],
    search: given.search ?? null,
    orderBy: given.order_by,
    direction: given.order_by_direction ?? "desc",
    limit: given.limit ?? Number.POSITIVE_INFINITY,
    withBodies: given.bodies,
    withProgress: given.progress,
    format,
  });
  return new Response(asStream(lines, onFault), {
    headers: {
      ...uncached,
      "content-type": format.contentType,
      "content-disposition": `attachment; filename="logs-${scope.gatewayId}.${given.format}"`,
      "headgate-total-rows": `${total}${isTotalExact ? "" : "+"}`,
    },
  });
}

/** Asks for more only when the client has taken what came before; a client that leaves ends the reading. */
function asStream(
  lines: AsyncGenerator<string, void>,
  onFault: LogRoutesOptions["onFault"],
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await lines.next();
          if (next.done === true) controller.close();
          else controller.enqueue(encoder.encode(next.value));
        } catch (error) {
          onFault?.(error);
          controller.error(new Error("The export broke off"));
        }
      },
      async cancel() {
        await lines.return();
      },
    },
    { highWaterMark: 0 },
  );
}
