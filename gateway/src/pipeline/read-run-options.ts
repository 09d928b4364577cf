import type { Clock } from "../core/clock.ts";
import { headerValue } from "../core/header-list.ts";
import { collectBody } from "../http1/collect-body.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";

/** Largest body whose options are read; a larger one is refused where its input is read. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Fields that options of a binding's gateway mean (reference §1.10). */
const fields: readonly (readonly [option: readonly string[], name: string])[] = [
  [["id"], "cf-aig-gateway-id"],
  [["skipCache"], "cf-aig-skip-cache"],
  [["cacheTtl"], "cf-aig-cache-ttl"],
  [["cacheKey"], "cf-aig-cache-key"],
  [["metadata"], "cf-aig-metadata"],
  [["collectLog"], "cf-aig-collect-log"],
  [["eventId"], "cf-aig-event-id"],
  [["requestTimeoutMs"], "cf-aig-request-timeout"],
  [["retries", "maxAttempts"], "cf-aig-max-attempts"],
  [["retries", "retryDelayMs"], "cf-aig-retry-delay"],
  [["retries", "backoff"], "cf-aig-backoff"],
];

/**
 * A binding's request to run a model, with the options of its gateway as fields: `env.AI.run` writes them into the body, where no
 * stage looks for them. A field that is there already stays. The body can still be read from its beginning. Never rejects: what is
 * wrong with a body is found where its input is read.
 */
export async function withRunOptions(request: IncomingRequest, clock: Clock): Promise<IncomingRequest> {
  const { head, body } = request;
  if (headerValue(head.headers, "content-type")?.includes("json") !== true || body.framing.kind === "none")
    return request;
  const headers = [...head.headers];
  try {
    const whole = body.takeWhole() ?? (await collectBody(body, MAX_BYTES));
    if (whole === null) return request;
    body.giveBack([whole]);
    const gateway = (JSON.parse(whole.toString("utf8")) as { readonly options?: { readonly gateway?: unknown } })
      .options?.gateway;
    for (const [option, name] of fields) {
      const value = option.reduce<unknown>(
        (from, member) => (from as Record<string, unknown> | undefined)?.[member],
        gateway,
      );
      if (value === undefined || value === null || headerValue(headers, name) !== undefined) continue;
      headers.push(name, fieldText(value));
    }
  } catch {
    return request;
  }
  return { ...request, head: { ...head, headers }, receivedAtMs: clock.monotonicMs() };
}

function fieldText(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return Buffer.from(text.replaceAll(/[\r\n\0]/g, " ")).toString("latin1");
}
