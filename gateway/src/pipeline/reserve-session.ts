import { limitFields } from "../limits/limit-fields.ts";
import { isEstimated, meetRules, type MetRules, refusalOf } from "../limits/meet-rules.ts";
import type { Admitted } from "./authenticate.ts";
import { estimateStep } from "./estimate-step.ts";
import type { Exchange } from "./exchange.ts";
import { meterSession } from "./meter-session.ts";
import { requestFacts } from "./request-facts.ts";
import { leastRemaining, refusedTry, type Reserved } from "./reserve.ts";
import type { Step } from "./step.ts";

/**
 * Reserves what a session with a provider may use of tokens and money until it tells more, in every rule that concerns it. It counts while it runs
 * (`meterSession`), not at its end. What is counted by the try, requests and concurrency, is taken once. Null when the gateway has no such rules.
 * @throws GatewayError rateLimited (2003), spendLimited (2041), on the run path spendLimitedOnRun (2045); nothing is taken then.
 */
export async function reserveSession(exchange: Exchange, admitted: Admitted, step: Step): Promise<Reserved | null> {
  const rules = admitted.account.limitsOf(admitted.gatewayId)?.perTry ?? [];
  if (rules.length === 0) return null;
  const { counters, clock } = exchange.gateway;
  const nowMs = clock.nowMs();
  const facts = requestFacts(exchange, admitted, step);
  const amounts = estimateStep(exchange.gateway, step, nowMs);
  const meet = (isRenewed: boolean): MetRules =>
    meetRules(
      rules.filter(({ metric }) => isEstimated(metric) === isRenewed),
      facts,
      { amounts, nowMs },
    );
  const [once, renewed] = [meet(false), meet(true)];
  const kept = await counters.take(once.takes, nowMs);
  const held = kept.isAdmitted ? await counters.take(renewed.takes, nowMs) : null;
  const [refusing, answer] = held === null ? [once, kept] : [renewed, held];
  const refusal = answer.isAdmitted ? null : refusalOf(refusing, answer);
  const all = { rules: [...once.rules, ...renewed.rules], takes: [...once.takes, ...renewed.takes] };
  const standings = [...kept.standings, ...(held?.standings ?? [])];
  exchange.tryLimitFields = limitFields(all, { ...answer, standings }, refusal);
  exchange.budgetRemaining = held === null ? null : leastRemaining(renewed, held);
  if (refusal !== null) {
    if (kept.reservation !== null)
      await counters.settle(
        kept.reservation,
        once.takes.map(() => 0),
      );
    throw refusedTry(exchange, { refusal, facts, form: admitted.form });
  }
  return meterSession(exchange, {
    step,
    facts,
    rules: rules.filter(({ metric }) => isEstimated(metric)),
    renewed,
    held: held?.reservation ?? null,
    kept: kept.reservation,
  });
}
