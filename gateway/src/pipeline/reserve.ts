import { GatewayError } from "../core/errors.ts";
import type { ExchangeRecord } from "../core/exchange.ts";
import { newId } from "../core/ids.ts";
import { usdText } from "../core/money.ts";
import type { LimitRule, RequestFacts } from "../limits/limit-rule.ts";
import { limitFields } from "../limits/limit-fields.ts";
import { meetRules, type MetRules, type Refusal, refusalOf } from "../limits/meet-rules.ts";
import { shownAmount, shownRule } from "../limits/show-rule.ts";
import { windowSeconds } from "../limits/window-spec.ts";
import { passedThresholds } from "../limits/budget-threshold.ts";
import type { Settled, TakeAnswer } from "../stores/ports/counter-store.ts";
import type { SessionReading } from "../streaming/session-tap.ts";
import type { Admitted } from "./authenticate.ts";
import { isBindingTarget } from "./binding-call.ts";
import { estimateStep } from "./estimate-step.ts";
import type { Exchange } from "./exchange.ts";
import { isSuccess } from "./is-success.ts";
import { rateLimited } from "./limit.ts";
import { requestFacts } from "./request-facts.ts";
import type { Step } from "./step.ts";

/** What a try reserved. */
export interface Reserved {
  /** Puts what the try really used in the place of the estimate. Its record calls it, once. */
  settle(record: ExchangeRecord): void;
  /**
   * Of sessions alone: counts what it used by now, and reserves for what it may use next.
   * @param onRefused told when a limit has no room for that; the session is to end.
   */
  progress?(reading: SessionReading, onRefused: (refusal: Refusal) => void): void;
}

/**
 * Reserves what a try may use of tokens and money, in every rule that concerns it, all or nothing. Null when none does.
 * @throws GatewayError rateLimited (2003), spendLimited (2041), on the run path spendLimitedOnRun (2045); another step may be tried.
 */
export function reserve(exchange: Exchange, admitted: Admitted, step: Step): null | Promise<Reserved | null> {
  const rules = admitted.account.limitsOf(admitted.gatewayId)?.perTry;
  return rules === undefined || rules.length === 0 ? null : reserveFor(exchange, admitted, { rules, step });
}

async function reserveFor(
  exchange: Exchange,
  admitted: Admitted,
  { rules, step }: { readonly rules: readonly LimitRule[]; readonly step: Step },
): Promise<Reserved | null> {
  const { gateway } = exchange;
  const nowMs = gateway.clock.nowMs();
  const facts = requestFacts(exchange, admitted, step);
  const met = meetRules(rules, facts, { amounts: estimateStep(gateway, step, nowMs), nowMs });
  if (met.rules.length === 0) return null;
  const answer = await gateway.counters.take(met.takes, nowMs);
  const refusal = answer.isAdmitted ? null : refusalOf(met, answer);
  exchange.tryLimitFields = limitFields(met, answer, refusal);
  exchange.budgetRemaining = leastRemaining(met, answer);
  if (refusal !== null) throw refusedTry(exchange, { refusal, facts, form: admitted.form });
  return { settle: (record) => settle(exchange, { met, answer, facts, record }) };
}

interface SettledTry {
  readonly met: MetRules;
  readonly answer: TakeAnswer;
  readonly facts: RequestFacts;
  readonly record: ExchangeRecord;
}

function settle(exchange: Exchange, { met, answer, facts, record }: SettledTry): void {
  const { counters, completions } = exchange.gateway;
  const { usage } = record;
  if (answer.reservation === null) return;
  if (usage?.outputTokens !== undefined && record.success)
    completions.observe(`${facts.provider}/${facts.model}`, usage.outputTokens);
  const amounts = met.rules.map((rule) => usedBy(rule, record));
  const { budgetRemaining } = exchange;
  const index = budgetRemaining === null ? -1 : met.rules.indexOf(budgetRemaining.rule);
  if (budgetRemaining !== null && index >= 0) {
    const reserved = met.takes[index]?.amount ?? 0;
    const nanoUsd = Math.max(0, budgetRemaining.nanoUsd + reserved - (amounts[index] ?? reserved));
    exchange.budgetRemaining = { ...budgetRemaining, nanoUsd };
  }
  const settled = counters.settle(answer.reservation, amounts);
  if (!met.rules.some(({ thresholds }) => thresholds.length > 0)) return;
  if (settled instanceof Promise) void settled.then((spent) => tellThresholds(exchange, { met, facts, spent }));
  else tellThresholds(exchange, { met, facts, spent: settled });
}

interface SpentTry {
  readonly met: MetRules;
  readonly facts: RequestFacts;
  readonly spent: readonly Settled[] | null;
}

function tellThresholds({ gateway }: Exchange, { met, facts, spent }: SpentTry): void {
  const nowMs = gateway.clock.nowMs();
  for (const event of passedThresholds(met, spent, { facts, nowMs, newId })) gateway.onEvent(event);
}

/** What a try used of a rule's metric; null for as much as was estimated, when it was answered and told nothing of it. */
function usedBy({ metric }: LimitRule, { usage, cost, statusCode, errorCode }: ExchangeRecord): number | null {
  if (metric === "requests" || metric === "concurrent") return null;
  const isAnswered = errorCode === null && isSuccess(statusCode);
  if (metric === "cost") {
    if (cost.nanoUsd !== null) return cost.nanoUsd;
    return isAnswered && usage === null ? null : 0;
  }
  if (usage === null) return isAnswered ? null : 0;
  const { inputTokens = 0, outputTokens = 0 } = usage;
  if (metric === "tokens_in") return inputTokens;
  return metric === "tokens_out" ? outputTokens : inputTokens + outputTokens;
}

/** What is left of the money in the rule that has the least, with the reservation taken off. */
export function leastRemaining({ rules }: MetRules, { standings }: TakeAnswer): Exchange["budgetRemaining"] {
  let least: Exchange["budgetRemaining"] = null;
  for (const [index, rule] of rules.entries()) {
    const nanoUsd = standings[index]?.remaining;
    if (rule.metric !== "cost" || rule.mode === "shadow" || nanoUsd === undefined) continue;
    if (least === null || nanoUsd < least.nanoUsd) least = { rule, nanoUsd };
  }
  return least;
}

/** Adds `cf-aig-budget-remaining`, in dollars, where money is limited. */
export function addBudgetField(fields: string[], { budgetRemaining }: Exchange): void {
  if (budgetRemaining !== null) fields.push("cf-aig-budget-remaining", usdText(budgetRemaining.nanoUsd));
}

interface Overspending {
  readonly refusal: Refusal;
  readonly facts: RequestFacts;
  readonly form: Admitted["form"];
}

/** The refusal of a try by one of its rules: of money 2041, on the run path 2045, of anything else 2003. */
export function refusedTry(exchange: Exchange, refused: Overspending): GatewayError {
  const { refusal } = refused;
  return refusal.rule.metric === "cost" ? spendLimited(exchange, refused) : rateLimited(refusal);
}

function spendLimited(exchange: Exchange, { refusal, facts, form }: Overspending): GatewayError {
  const { rule, standing } = refusal;
  const isRun = form === "rest" || isBindingTarget(exchange.request.head.target);
  const technique = rule.window.kind;
  return new GatewayError(isRun ? "spendLimitedOnRun" : "spendLimited", {
    // The product's words (reference §13.3), which clients match.
    message: `Spend limit exceeded: rule '${rule.id}' (cost limit ${shownAmount("cost", rule.limit)} per ${windowSeconds(rule.window)}s, ${technique}) for ${facts.provider} ${facts.model}`,
    cause: `${rule.origin} ${rule.id}`,
    explanation: `$${usdText(Math.round(standing.used))} are spent or reserved, and this request may cost $${usdText(refusal.amount)}`,
    limit: shownRule(refusal),
  });
}
