import type { MeteringService, UsageEvent } from "../core/usage-event.ts";

/**
 * What became of an event. `repeated`: the service had it already. `refused`: sending the same again is of no use. `retry`: it may not have arrived, or somebody
 * has to put something right first. `cause` is a status or a word, never an address or a key.
 */
export type UsageSending =
  | { readonly kind: "taken" | "repeated" }
  | { readonly kind: "refused"; readonly cause: string }
  | { readonly kind: "retry"; readonly cause: string; readonly retryAfterMs: number };

/** What an event is sent with. */
export interface SendingOptions {
  readonly service: MeteringService;
  readonly key: string;
  /** Breaks it off. */
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const MAX_RETRY_AFTER_MS = 300_000;
/** Faults of the event itself; everything else may be another answer later, a wrong key and a wrong address too. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 413, 422]);

/** Posts an event. Redirects are not followed: they would lead where nobody pointed. Never rejects. */
export async function sendUsageEvent(
  event: UsageEvent,
  { service, key, signal }: SendingOptions,
): Promise<UsageSending> {
  try {
    const answer = await fetch(service.url, {
      method: "POST",
      headers: { authorization: service.authorization(key), "content-type": service.contentType },
      body: service.encode(event),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body = await answer.text();
    if (answer.ok) return { kind: "taken" };
    const cause = String(answer.status);
    if (!refusedStatuses.has(answer.status)) {
      return { kind: "retry", cause, retryAfterMs: retryAfterMs(answer.headers.get("retry-after")) };
    }
    return service.isKnownAlready(body) ? { kind: "repeated" } : { kind: "refused", cause };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return { kind: "retry", cause: isTimeout ? "timeout" : "no_connection", retryAfterMs: 0 };
  }
}

/** Seconds (RFC 9110 §10.2.3), at most five minutes; 0 where none are named. */
function retryAfterMs(value: string | null): number {
  return value !== null && /^\d{1,9}$/.test(value) ? Math.min(Number(value) * 1000, MAX_RETRY_AFTER_MS) : 0;
}
