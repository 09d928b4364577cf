import type { Clock } from "../../core/clock.ts";
import type { InterruptiblePause } from "../../core/interruptible-pause.ts";
import { type CircuitBreaker, createCircuitBreaker } from "./circuit-breaker.ts";
import { encodeJson } from "./encode-json.ts";
import { encodeProtobuf } from "./encode-protobuf.ts";
import type { PlainFetch } from "../../http1/guarded-fetch.ts";
import type { OtlpExporterSettings } from "../../core/export-settings.ts";
import type { OtlpLimits } from "./exporter-settings.ts";
import { sendSpans, type SendResult } from "./send-spans.ts";
import type { Span } from "./span.ts";

/** What became of a batch: `rejected` and `gave_up` as in `DropReason`, `stopped` when the signal was aborted first. */
export interface Delivery {
  readonly sentSpans: number;
  readonly lostSpans: number;
  /** Why some were lost; null when none were. */
  readonly reason: "rejected" | "gave_up" | "stopped" | null;
}

/** Brings spans to one collector. */
export interface SpanCourier {
  readonly breaker: CircuitBreaker["state"];
  /** Requests the collector did not take. */
  readonly failedRequests: number;
  /** Tries until the spans are taken or refused, the tries are used up, or the signal is aborted. Never rejects. */
  deliver(spans: readonly Span[]): Promise<Delivery>;
}

/** What a courier is made of. */
export interface CourierOptions {
  readonly settings: OtlpExporterSettings;
  readonly limits: OtlpLimits;
  readonly clock: Clock;
  readonly resolveSecret: (reference: string) => Promise<string | null>;
  /** Told of each failure: a status or a word. */
  readonly onFailure: (cause: string) => void;
  readonly fetch: PlainFetch;
  readonly pause: InterruptiblePause;
  readonly signal: AbortSignal;
}

const maxRetryDelayMs = 30_000;

/** A courier whose breaker is closed. */
export function createSpanCourier(options: CourierOptions): SpanCourier {
  const { settings, limits, clock, pause, signal } = options;
  const breaker = createCircuitBreaker({ failures: limits.breakerFailures, openMs: limits.breakerOpenMs, clock });
  const contentType = settings.content_type ?? "json";
  let failedRequests = 0;

  async function send(body: Uint8Array): Promise<SendResult> {
    const headers = { ...settings.headers };
    if (settings.authorization !== undefined) {
      const secret = await options.resolveSecret(settings.authorization).catch(() => null);
      if (secret === null) return { type: "retry", cause: "secret_missing", retryAfterMs: null };
      headers["authorization"] = secret;
    }
    const { url } = settings;
    return sendSpans({ url, headers, body, contentType, timeoutMs: limits.timeoutMs, signal, fetch: options.fetch });
  }

  return {
    get breaker() {
      return breaker.state;
    },
    get failedRequests() {
      return failedRequests;
    },
    async deliver(spans) {
      const lost = (reason: Delivery["reason"]): Delivery => ({ sentSpans: 0, lostSpans: spans.length, reason });
      const body = contentType === "protobuf" ? encodeProtobuf(spans) : encodeJson(spans);
      let waitMs = breaker.waitMs();
      for (let tries = 1; ; tries += 1) {
        await pause.whole(waitMs);
        if (signal.aborted) return lost("stopped");
        const result = await send(body);
        if (result.type === "accepted") {
          breaker.succeeded();
          const lostSpans = Math.min(result.rejectedSpans, spans.length);
          return { sentSpans: spans.length - lostSpans, lostSpans, reason: lostSpans === 0 ? null : "rejected" };
        }
        if (signal.aborted) return lost("stopped");
        breaker.failed();
        failedRequests += 1;
        options.onFailure(result.cause);
        if (result.type === "rejected") return lost("rejected");
        if (tries >= limits.maxTries) return lost("gave_up");
        waitMs = Math.max(result.retryAfterMs ?? 0, backoffMs(limits.retryDelayMs, tries), breaker.waitMs());
      }
    },
  };
}

/** Doubles from try to try; up to half of it is taken off at random, so that gateways do not come back all at once. */
function backoffMs(firstMs: number, tries: number): number {
  return Math.min(firstMs * 2 ** (tries - 1), maxRetryDelayMs) * (1 - Math.random() / 2);
}
