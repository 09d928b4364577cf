import type { LogsQuery } from "./logs-query.ts";
import { askManagement, type ManagementApi } from "./management-api.ts";

/** The gateway whose logs are read, and how. */
export interface LogsApi extends ManagementApi {
  readonly accountId: string;
  readonly gatewayId: string;
}

/** What one call to the API asks. */
export interface LogsCall {
  readonly endpoint: "export" | "tail";
  readonly query: LogsQuery;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The body of an answer, as text that comes bit by bit.
 * @throws StartError as `askManagement` does.
 */
export function askLogs(api: LogsApi, call: LogsCall): Promise<ReadableStream<Uint8Array>> {
  const query = new URLSearchParams(call.parameters ?? {});
  if (call.query.filters.length > 0) query.set("filters", JSON.stringify(call.query.filters));
  if (call.query.search !== null) query.set("search", call.query.search);
  const path = `/client/v4/accounts/${api.accountId}/ai-gateway/gateways/${api.gatewayId}/logs/${call.endpoint}`;
  return askManagement(api, { path: `${path}?${query}`, signal: call.signal });
}
