import { GatewayError } from "../core/errors.ts";
import { limitFields, retryAfterSeconds } from "../limits/limit-fields.ts";
import type { LimitRule } from "../limits/limit-rule.ts";
import { meetRules, oneRequest, type Refusal, refusalOf } from "../limits/meet-rules.ts";
import { shownRule } from "../limits/show-rule.ts";
import type { Admitted } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import { requestFacts } from "./request-facts.ts";
import type { Step } from "./step.ts";

/**
 * Counts the request in every rule that asks nothing of a single try (reference §4): requests and concurrency of the gateway, a token, a user
 * and so on. All are counted or, when one is full, none. Rules about provider, model, tokens and money follow with each try (`reserve`).
 * @returns null where there is no rule to ask.
 * @throws GatewayError rateLimited (2003) naming the rule in its details.
 */
export function limit(exchange: Exchange, admitted: Admitted, steps: readonly Step[]): null | Promise<void> {
  const rules = admitted.account.limitsOf(admitted.gatewayId)?.perRequest;
  const step = steps[0];
  if (rules === undefined || rules.length === 0 || step === undefined) return null;
  return countRequest(exchange, admitted, { rules, step });
}

async function countRequest(
  exchange: Exchange,
  admitted: Admitted,
  { rules, step }: { readonly rules: readonly LimitRule[]; readonly step: Step },
): Promise<void> {
  const { counters, clock } = exchange.gateway;
  const nowMs = clock.nowMs();
  const met = meetRules(rules, requestFacts(exchange, admitted, step), { amounts: oneRequest, nowMs });
  if (met.rules.length === 0) return;
  const answer = await counters.take(met.takes, nowMs);
  const refusal = answer.isAdmitted ? null : refusalOf(met, answer);
  exchange.limitFields = limitFields(met, answer, refusal);
  if (refusal !== null) throw rateLimited(refusal);
  exchange.admission = answer.reservation;
}

/** Ends what a request held. One that was never sent to a provider counts for nothing (reference §24). */
export function endAdmission(exchange: Exchange): void {
  const { admission } = exchange;
  if (admission === null) return;
  exchange.admission = null;
  const amount = exchange.isSent ? null : 0;
  void exchange.gateway.counters.settle(
    admission,
    Array.from({ length: admission.size }, () => amount),
  );
}

/** The refusal of a rule that counts anything but money. */
export function rateLimited(refusal: Refusal): GatewayError {
  const { rule } = refusal;
  return new GatewayError("rateLimited", {
    cause: rule.origin === "gateway" ? "gateway_rate_limit" : `limit ${rule.id}`,
    explanation: `rule "${rule.id}" admits no more for now; try again in ${retryAfterSeconds(refusal)} s`,
    limit: shownRule(refusal),
  });
}
