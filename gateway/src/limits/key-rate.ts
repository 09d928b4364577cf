import type { KeyRateLimit, StoredKey } from "../core/stored-key.ts";
import type { LimitRule } from "./limit-rule.ts";
import type { MetRules } from "./meet-rules.ts";
import { type WindowSpec, windowFinder, windowName } from "./window-spec.ts";

/**
 * What a try takes of the rate limit of the key it is sent with (reference §9.4, §14.8; the product says nothing of how it counts): one
 * request of a window that slides, so that the provider never sees more of them in any span of the period.
 */
export function keyRate(key: StoredKey & { readonly rateLimit: KeyRateLimit }, nowMs: number): MetRules {
  const rule = keyRule(key);
  const { counter, limit, windowAt } = rule;
  const meter = { key: counter, window: windowAt(nowMs), limit, isLasting: false };
  return { rules: [rule], takes: [{ meter, amount: 1, mode: "enforce", isHeld: false }] };
}

function keyRule({
  fullId,
  providerSlug,
  alias,
  rateLimit,
}: StoredKey & { readonly rateLimit: KeyRateLimit }): LimitRule {
  const window: WindowSpec = { kind: "sliding", seconds: rateLimit.seconds };
  return {
    id: `${providerSlug}/${alias}`,
    origin: "provider_key",
    metric: "requests",
    limit: rateLimit.requests,
    window,
    windowAt: windowFinder(window, rateLimit.requests),
    mode: "enforce",
    counter: `key\n${fullId}\n${windowName(window)}`,
    isPerTry: true,
    mismatch: () => null,
    partition: () => "",
    thresholds: [],
    fallbackModel: null,
  };
}
