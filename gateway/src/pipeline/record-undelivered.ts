import { headerValue } from "../core/header-list.ts";
import type { Answer } from "./answer.ts";
import { cutUsage } from "./cut-usage.ts";
import { BodyKeeper } from "./keep-body.ts";
import { recordAttempt } from "./record-attempt.ts";
import type { Try } from "./try.ts";

/** How an attempt that had an answer ended without being delivered, and what had come of it. */
export interface UndeliveredEnd {
  readonly outcome: "superseded" | "error_in_answer" | "upstream_broken" | "timeout" | "client_aborted";
  readonly cause: string | null;
  readonly pieces: readonly Buffer[];
}

/** Appends the record of an attempt whose answer goes to nobody; what its provider bills is estimated. */
export function recordUndelivered(current: Try, answer: Answer, { outcome, cause, pieces }: UndeliveredEnd): void {
  const { exchange, resolved, step } = current;
  const { status, headers } = answer.response;
  const keeper = new BodyKeeper(exchange.gateway.config.logs.max_body_bytes);
  for (const piece of pieces) keeper.add(piece);
  const kept = keeper.snapshot(headerValue(headers, "content-encoding") ?? null);
  const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const isBilled = outcome === "client_aborted" || outcome === "upstream_broken" || outcome === "timeout";
  const { usage, isEstimated } = isBilled
    ? cutUsage(answer, { told: null, kept, sizeBytes })
    : { usage: null, isEstimated: false };
  recordAttempt(exchange, resolved, {
    attempt: answer.attempt,
    result: {
      outcome,
      cause,
      statusCode: status,
      isProviderStatus: true,
      errorCode: null,
      responseHeaders: headers,
      responseSizeBytes: sizeBytes,
      responseBody: step.log.keepsBodies ? kept : null,
      isUsageEstimated: isEstimated,
      firstByteAtMs: answer.call.firstByteAtMs,
      usage,
      model: null,
    },
  });
}
