import type { GatewayEvent } from "../core/gateway-event.ts";
import type { Settled } from "../stores/ports/counter-store.ts";
import type { LimitRule, RequestFacts } from "./limit-rule.ts";
import type { MetRules } from "./meet-rules.ts";
import { windowSeconds } from "./window-spec.ts";

/**
 * The thresholds of budgets that a settled request went past. Whoever settles is told the count before and after, so of all requests that go
 * past a threshold together one tells it.
 * @param settled as `met`, in its order; null when the reservation had been settled before.
 */
export function passedThresholds(
  { rules }: Pick<MetRules, "rules">,
  settled: readonly Settled[] | null,
  { facts, nowMs, newId }: { readonly facts: RequestFacts; readonly nowMs: number; readonly newId: () => string },
): GatewayEvent[] {
  return rules.flatMap((rule, index) => {
    const change = settled?.[index];
    if (change === undefined || rule.thresholds.length === 0) return [];
    return passed(rule, change).map((threshold): GatewayEvent => ({
      id: newId(),
      type: "budget_threshold",
      atMs: nowMs,
      accountId: facts.accountId,
      gatewayId: facts.gatewayId,
      budgetId: rule.id,
      partition: rule.partition(facts),
      threshold,
      spentNanoUsd: change.spentAfter,
      limitNanoUsd: rule.limit,
      sinceMs: countsSince(rule, nowMs),
    }));
  });
}

function passed({ limit, thresholds }: LimitRule, { spentBefore, spentAfter }: Settled): readonly number[] {
  return thresholds.filter((percent) => {
    const bound = (limit * percent) / 100;
    return spentBefore < bound && spentAfter >= bound;
  });
}

function countsSince({ window, windowAt }: LimitRule, nowMs: number): number {
  const current = windowAt(nowMs);
  return current.kind === "fixed" ? current.startMs : nowMs - windowSeconds(window) * 1000;
}
