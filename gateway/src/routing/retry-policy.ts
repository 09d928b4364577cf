import type { RetryBackoff } from "../core/gateway-settings.ts";

/** How often and how fast one step is tried (reference §7.1). */
export interface RetryPolicy {
  /** Total tries, 1–5. */
  readonly maxAttempts: number;
  /** First pause in milliseconds. */
  readonly delayMs: number;
  readonly backoff: RetryBackoff;
}

/** Longest pause between two tries, `Retry-After` included. */
export const MAX_PAUSE_MS = 60_000;

const RETRYABLE_STATUS = new Set([408, 409, 425, 429]);

/** Whether an answer with `status` is worth another try of the same step: 408, 409, 425, 429 and every 5xx (reference §24). */
export function isRetryableStatus(status: number): boolean {
  return status >= 500 || RETRYABLE_STATUS.has(status);
}

/**
 * Pause before try `attempt + 1` after try `attempt` (1-based) failed, in milliseconds: constant d, linear d·n,
 * exponential d·2^(n−1); a longer `retryAfterMs` of the provider wins; never over a minute.
 */
export function pauseMs(policy: RetryPolicy, attempt: number, retryAfterMs: number | null): number {
  const factor = policy.backoff === "constant" ? 1 : policy.backoff === "linear" ? attempt : 2 ** (attempt - 1);
  return Math.min(MAX_PAUSE_MS, Math.max(policy.delayMs * factor, retryAfterMs ?? 0));
}

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3), as seconds or as a date, and `retry-after-ms` as some vendors send it.
 * @returns milliseconds from `nowMs` (Unix), at least 0; null when neither can be read.
 */
export function readRetryAfterMs(
  value: string | undefined,
  millisecondsValue: string | undefined,
  nowMs: number,
): number | null {
  if (millisecondsValue !== undefined && /^\d{1,9}(?:\.\d+)?$/.test(millisecondsValue))
    return Number(millisecondsValue);
  if (value === undefined) return null;
  if (/^\d{1,9}(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
