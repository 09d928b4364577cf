import { GatewayError } from "../core/errors.ts";
import type { StoredKey } from "../core/stored-key.ts";
import { keyRate } from "../limits/key-rate.ts";
import { retryAfterSeconds } from "../limits/limit-fields.ts";
import { type Refusal, refusalOf } from "../limits/meet-rules.ts";
import { shownRule } from "../limits/show-rule.ts";
import type { Reservation } from "../stores/ports/counter-store.ts";
import type { Exchange } from "./exchange.ts";

/** A key that a try may be sent with. */
export interface ClaimedKey {
  readonly key: StoredKey;
  /** What was counted in the key's rate limit; null for a key without one. */
  readonly reservation: Reservation | null;
}

/**
 * Takes the first key with room in its rate limit and counts the try there.
 * @param choose the best of the keys that are left, null for none; asked again without each key that is over its limit.
 * @returns null when no key can be chosen.
 * @throws GatewayError rateLimited (2003) when all that could be chosen are over their limits, naming the one that has room first.
 */
export async function claimKey(
  exchange: Exchange,
  pool: readonly StoredKey[],
  choose: (keys: readonly StoredKey[]) => StoredKey | null,
): Promise<ClaimedKey | null> {
  const { counters, clock } = exchange.gateway;
  let left = pool;
  let soonest: Refusal | null = null;
  for (;;) {
    const key = choose(left);
    if (key === null && soonest !== null) throw overLimit(exchange, soonest, pool.length);
    if (key === null) return null;
    const { rateLimit } = key;
    if (rateLimit === null) return { key, reservation: null };
    const nowMs = clock.nowMs();
    const met = keyRate({ ...key, rateLimit }, nowMs);
    const answer = await counters.take(met.takes, nowMs);
    if (answer.isAdmitted) return { key, reservation: answer.reservation };
    const refusal = refusalOf(met, answer);
    if (soonest === null || refusal.standing.resetMs < soonest.standing.resetMs) soonest = refusal;
    left = left.filter((other) => other !== key);
  }
}

function overLimit(exchange: Exchange, refusal: Refusal, poolSize: number): GatewayError {
  const { rule } = refusal;
  const waitSeconds = retryAfterSeconds(refusal);
  const keys = poolSize === 1 ? `the stored key "${rule.id}" is` : `all ${poolSize} stored keys "${rule.id}" are`;
  exchange.tryLimitFields = ["retry-after", String(waitSeconds)];
  return new GatewayError("rateLimited", {
    cause: "key_rate_limit",
    explanation: `${keys} used up for now; try again in ${waitSeconds} s`,
    limit: shownRule(refusal),
  });
}
