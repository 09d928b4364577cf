import type { LogDetail } from "../../api/generated/operations.ts";

/** Where a request is sent to again. */
export interface CurlPlace {
  /** `https://host:port` of the gateway. */
  readonly origin: string;
  readonly accountId: string;
  readonly gatewayId: string;
}

/** Fields that curl makes itself, or that a second request must not repeat. */
const leftOut =
  /^(host|content-length|connection|accept-encoding|authorization|transfer-encoding|x-api-key|api-key|cf-aig-event-id)$/i;

/**
 * A command line that sends a logged request again. The credential is not in the log, so a shell variable stands for it;
 * `body` is null when none was kept.
 */
export function asCurl(log: LogDetail, body: string | null, place: CurlPlace): string {
  const url = `${place.origin}/v1/${place.accountId}/${place.gatewayId}/${log.provider}/${log.path}`;
  const kept = Object.entries(log.request_headers ?? {}).filter(([name]) => !leftOut.test(name));
  const hasType = kept.some(([name]) => name.toLowerCase() === "content-type");
  const type =
    hasType || body === null ? [] : [["content-type", log.request_content_type ?? "application/json"] as const];
  const headers = [...kept, ...type].map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`);
  return [
    `curl ${quoted(url)}`,
    ...(log.method === "POST" ? [] : [`  -X ${log.method}`]),
    '  -H "authorization: Bearer $PROVIDER_KEY"',
    ...headers,
    ...(body === null ? [] : [`  --data-raw ${quoted(body)}`]),
  ].join(" \\\n");
}

/** A text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
