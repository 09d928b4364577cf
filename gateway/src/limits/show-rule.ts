import type { LimitFault } from "../core/errors.ts";
import { usdFromNano } from "../core/money.ts";
import type { Metric } from "./limit-rule.ts";
import { retryAfterSeconds } from "./limit-fields.ts";
import type { Refusal } from "./meet-rules.ts";
import { windowSeconds } from "./window-spec.ts";

/** A refusal as the `details` of the error tell it: which rule it was and how it stands. Money in dollars. */
export function shownRule(refusal: Refusal): LimitFault {
  const { rule, standing, amount } = refusal;
  const { metric, window } = rule;
  return {
    rule: rule.id,
    origin: rule.origin,
    metric,
    limit: shownAmount(metric, rule.limit),
    used: shownAmount(metric, standing.used),
    asked: shownAmount(metric, amount),
    window: window.kind,
    windowSeconds: windowSeconds(window),
    retryAfterSeconds: retryAfterSeconds(refusal),
    fallbackModel: rule.fallbackModel,
  };
}

/** An amount in the unit that people write it in: dollars for money. */
export function shownAmount(metric: Metric, amount: number): number {
  return metric === "cost" ? usdFromNano(amount) : amount;
}
