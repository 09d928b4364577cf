import type { LogScope, LogStore, StoredBody } from "../../stores/ports/log-store.ts";
import { success } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { askStore } from "./ask-store.ts";
import { bodyHead } from "./body-head.ts";
import { logRow } from "./log-row.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";

/**
 * `GET …/logs/{id}`: one log with the beginnings of its bodies and the header fields that were kept (reference §10.2).
 * A caller who may not read bodies gets it without both.
 * @throws ManagementError 404 code 7002 when this gateway has no such log.
 */
export async function getLog(request: ManagementRequest, { store }: LogRoutesOptions): Promise<Response> {
  const scope = logScope(request.params);
  const id = request.params["logId"] as string;
  const log = await askStore(store.get(scope, id));
  if (log === null) throw new ManagementError("notFound");
  const { record } = log;
  const sizes = { request_size: record.requestSizeBytes, response_size: record.responseSizeBytes };
  if (!(await mayReadBodies(request))) return success({ ...logRow(log), ...sizes });
  const [sent, answered] = await Promise.all([
    headOf(store, { scope, id, which: "request" }),
    headOf(store, { scope, id, which: "response" }),
  ]);
  return success({
    ...logRow(log),
    ...sizes,
    request_head: sent.text,
    request_head_complete: sent.isComplete || record.requestSizeBytes === 0,
    response_head: answered.text,
    response_head_complete: answered.isComplete || record.responseSizeBytes === 0,
    request_headers: record.requestHeaders,
    response_headers: record.responseHeaders,
  });
}

async function mayReadBodies(request: ManagementRequest): Promise<boolean> {
  try {
    request.require("logs.read-bodies");
    return true;
  } catch (error) {
    if (error instanceof ManagementError && error.definition.status === 403) return false;
    throw error;
  }
}

interface BodyQuestion {
  readonly scope: LogScope;
  readonly id: string;
  readonly which: "request" | "response";
}

async function headOf(store: LogStore, { scope, id, which }: BodyQuestion): Promise<ReturnType<typeof bodyHead>> {
  const body: StoredBody | null = await askStore(store.body(scope, id, which));
  return bodyHead(body);
}
