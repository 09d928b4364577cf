import { createHash } from "node:crypto";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import { scaledDecimal } from "../core/money.ts";
import type { LimitRule, RequestFacts } from "./limit-rule.ts";
import { readSpendLimits, type SpendRule } from "./spend-limits.ts";
import { type WindowSpec, windowName } from "./window-spec.ts";

/** The rules that a gateway's own fields make: its rate limit (reference §4) and its spend limits (§13.3). */
export function gatewayRules(place: { accountId: string; gatewayId: string }, settings: GatewaySettings): LimitRule[] {
  const rate = rateRule(place, settings);
  const spend = readSpendLimits(settings.spend_limits).map((rule) => spendRule(place, rule));
  return rate === null ? spend : [rate, ...spend];
}

function rateRule(
  { accountId, gatewayId }: { accountId: string; gatewayId: string },
  settings: GatewaySettings,
): LimitRule | null {
  const { rate_limiting_interval: seconds, rate_limiting_limit: limit, rate_limiting_technique: technique } = settings;
  if (seconds === null || seconds === 0 || limit === null || limit === 0) return null;
  const window: WindowSpec = { kind: technique ?? "fixed", seconds };
  return {
    id: "gateway",
    origin: "gateway",
    metric: "requests",
    limit,
    window,
    mode: "enforce",
    counter: `gateway\n${accountId}\n${gatewayId}\n${windowName(window)}`,
    isPerTry: false,
    partition: () => "",
    thresholds: [],
    fallbackModel: null,
  };
}

function spendRule({ accountId, gatewayId }: { accountId: string; gatewayId: string }, rule: SpendRule): LimitRule {
  const id = rule.id ?? nameOf(rule);
  const window: WindowSpec = { kind: rule.technique ?? "sliding", seconds: rule.window };
  return {
    id,
    origin: "spend_limit",
    metric: "cost",
    limit: scaledDecimal(rule.limit, 9) ?? Number.MAX_SAFE_INTEGER,
    window,
    mode: "enforce",
    counter: `spend\n${accountId}\n${gatewayId}\n${id}\n${windowName(window)}`,
    isPerTry: true,
    partition: (facts) => spendPartition(rule, facts),
    thresholds: [],
    fallbackModel: null,
  };
}

/** Null when a filter keeps the request out. Requests without a value to be split by are counted together. */
function spendPartition({ model, provider, metadata }: SpendRule, facts: RequestFacts): string | null {
  if (provider !== undefined && !provider.values.includes(facts.provider)) return null;
  if (model !== undefined && !model.values.some((name) => isModel(name, facts))) return null;
  const parts: (string | null)[] = [];
  for (const [key, rule] of Object.entries(metadata ?? {})) {
    const value = Object.hasOwn(facts.metadata, key) ? String(facts.metadata[key]) : null;
    if (rule.mode === "partition") parts.push(value);
    else if (value === null || !rule.values.includes(value)) return null;
  }
  return parts.length === 0 ? "" : JSON.stringify(parts);
}

/** A model is named as in the request, or with its provider before it. */
function isModel(name: string, { provider, model }: RequestFacts): boolean {
  return name === model || name === `${provider}/${model}`;
}

/** Names a rule that was given no name: eight hexadecimal digits, the same for the same rule. */
function nameOf(rule: SpendRule): string {
  return createHash("sha256").update(JSON.stringify(rule)).digest("hex").slice(0, 8);
}
