import type { LogScope, LogStore, StoredBody, StoredLog } from "../../stores/ports/log-store.ts";
import { askStore } from "./ask-store.ts";
import { utf8Text } from "./body-head.ts";

/**
 * Both bodies of a log as members of an exported row: `request`, `request_encoding` (`utf-8`, or `base64` for what is not text) and
 * `request_complete`, all null for a body that is not there; likewise for the response.
 */
export async function exportedBodies(
  store: LogStore,
  scope: LogScope,
  { record, hasRequestBody, hasResponseBody }: StoredLog,
): Promise<Record<string, unknown>> {
  const [request, response] = await Promise.all([
    hasRequestBody ? askStore(store.body(scope, record.id, "request")) : null,
    hasResponseBody ? askStore(store.body(scope, record.id, "response")) : null,
  ]);
  return { ...bodyMembers("request", request), ...bodyMembers("response", response) };
}

function bodyMembers(name: "request" | "response", body: StoredBody | null): Record<string, unknown> {
  const text = body === null ? null : utf8Text(body.bytes, body.isComplete);
  const encoding = body === null ? null : text === null ? "base64" : "utf-8";
  return {
    [name]: text ?? body?.bytes.toString("base64") ?? null,
    [`${name}_encoding`]: encoding,
    [`${name}_complete`]: body?.isComplete ?? null,
  };
}
