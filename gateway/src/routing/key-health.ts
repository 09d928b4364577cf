import type { Clock } from "../core/clock.ts";

/** Which keys had better rest. Lives in one worker's memory, bounded. */
export interface KeyHealth {
  /** Monotonic milliseconds from which a key is ready; 0 for one that rests not. */
  readyAtMs(keyId: string): number;
  /** Has a key rest for `durationMs` from now on. @param status with which the provider refused it; null when its secret could not be used. */
  rest(keyId: string, durationMs: number, status: number | null): void;
  /** The key did well: it is ready. */
  recover(keyId: string): void;
  /** The keys that rest now, those that began last at the end; at most `limit` of them. */
  resting(limit: number): readonly RestingKey[];
}

/** A key that rests. */
export interface RestingKey {
  readonly keyId: string;
  /** Of the provider's last refusal; null when its secret could not be used. */
  readonly status: number | null;
  /** Monotonic milliseconds of the first failure after which it did not do well. */
  readonly sinceMs: number;
  /** Monotonic milliseconds from which it is ready. */
  readonly readyAtMs: number;
}

/** Statuses after which another key of the pool may do better: not accepted, out of money, not allowed, too much at once. */
const ROTATING: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/** How long a key rests that was refused, or asked too much of, when the provider does not say. */
const REFUSED_REST_MS = 60_000;
const LIMITED_REST_MS = 10_000;

/** Longest rest, whatever the provider says. */
const MAX_REST_MS = 3_600_000;

const MAX_RESTING = 10_000;

/** Whether an answer with `status` is a reason to go on with another key of the pool. */
export function isKeyFailure(status: number): boolean {
  return ROTATING.has(status);
}

/** How long a key rests after an answer of `status` that `isKeyFailure`: as long as the provider asks, an hour at most. */
export function restMs(status: number, retryAfterMs: number | null): number {
  return Math.min(MAX_REST_MS, retryAfterMs ?? (status === 429 ? LIMITED_REST_MS : REFUSED_REST_MS));
}

/** How long a key rests whose secret could not be used. */
export const UNUSABLE_REST_MS = REFUSED_REST_MS;

/** Health of keys by full id. Of more than 10,000 resting keys, those that have rested longest are ready early. */
export function createKeyHealth(clock: Pick<Clock, "monotonicMs">): KeyHealth {
  const resting = new Map<string, RestingKey>();
  return {
    readyAtMs: (keyId) => resting.get(keyId)?.readyAtMs ?? 0,
    rest(keyId, durationMs, status) {
      const nowMs = clock.monotonicMs();
      const sinceMs = resting.get(keyId)?.sinceMs ?? nowMs;
      resting.delete(keyId);
      resting.set(keyId, { keyId, status, sinceMs, readyAtMs: nowMs + durationMs });
      if (resting.size > MAX_RESTING) resting.delete(resting.keys().next().value as string);
    },
    recover: (keyId) => void resting.delete(keyId),
    resting(limit) {
      const nowMs = clock.monotonicMs();
      const found: RestingKey[] = [];
      for (const key of resting.values()) if (key.readyAtMs > nowMs && found.push(key) >= limit) break;
      return found;
    },
  };
}
