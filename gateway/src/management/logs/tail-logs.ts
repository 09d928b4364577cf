import type { LedgerEntry } from "../../core/ledger-entry.ts";
import { modelTypeOf } from "../../core/model-type.ts";
import { uncached } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { logRow } from "./log-row.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";
import { matchesFilters } from "./matches-filters.ts";
import { matchesSearch } from "./matches-search.ts";
import { parseFilters } from "./parse-filters.ts";
import { createRowQueue, type RowQueue } from "./row-queue.ts";
import { tailParameters } from "./schemas.ts";

/** What may wait for a client that reads slowly; rows beyond it are lost to that client and it is told how many. */
const maxWaitingLength = 4_194_304;

/**
 * `GET …/logs/tail`: new logs as server-sent events, from now on, with the filters and the search of the list. Events: `log` with a row
 * of the list and its id, `lost` with `{"rows": n}` where the client was too slow to be given n rows.
 * @throws ManagementError 400 code 7001 with the `path` of what is wrong; 503 code 7000 when too many tails are open.
 */
export async function tailLogs(request: ManagementRequest, options: LogRoutesOptions): Promise<Response> {
  const scope = logScope(request.params);
  const query = request.url.searchParams;
  const filters = parseFilters(query);
  const { search } = parseQuery(query, tailParameters);
  if (search !== undefined) request.require("logs.read-bodies");
  const queue = createRowQueue(maxWaitingLength, (rows) => serverSentEvent({ event: "lost", data: { rows } }));
  const unsubscribe = options.feed.subscribe({
    scope,
    isWanted: (entry) => matchesFilters(entry.record, filters) && matchesSearch(entry, search ?? null),
    listener: (entry) => queue.push(logEvent(entry)),
  });
  if (unsubscribe === null) throw new ManagementError("unavailable", [{ message: "Too many live tails are open" }]);
  queue.push(": tail begins\n\n");
  const heartbeat = setInterval(() => queue.pushWhenIdle(":\n\n"), options.heartbeatMs ?? 5000);
  const end = (): void => {
    clearInterval(heartbeat);
    unsubscribe();
    queue.close();
  };
  request.signal.addEventListener("abort", end, { once: true });
  if (request.signal.aborted) end();
  return new Response(queueStream(queue, end), {
    headers: { ...uncached, "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
  });
}

/** Bytes are taken from the queue only when the client has taken those before. */
function queueStream(queue: RowQueue, end: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await queue.take();
        if (text === null) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function logEvent({ record }: LedgerEntry): string {
  const row = logRow({ record, modelType: modelTypeOf(record.path), feedback: null, score: null });
  return serverSentEvent({ event: "log", id: record.id, data: row });
}

function serverSentEvent({ event, id, data }: { event: string; id?: string; data: unknown }): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}
