import type { ExchangeCost } from "../core/exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { Attempt, AttemptResult } from "./record-attempt.ts";

const NOTHING: ExchangeCost = { state: "none", nanoUsd: null, priceVersion: null };
const UNPRICED: ExchangeCost = { state: "unpriced", nanoUsd: null, priceVersion: null };

/** What an attempt cost; nothing when its answer told no usage. */
export function costOfAttempt(_gateway: Gateway, _attempt: Attempt, result: AttemptResult): ExchangeCost {
  return result.usage === null ? NOTHING : UNPRICED;
}
