import { createHash } from "node:crypto";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import { scaledDecimal } from "../core/money.ts";
import type { LimitRule, RequestFacts } from "./limit-rule.ts";
import { isModel } from "./rule-scope.ts";
import { readSpendLimits, type SpendRule } from "./spend-limits.ts";
import { type WindowSpec, windowFinder, windowName } from "./window-spec.ts";

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
    windowAt: windowFinder(window, limit),
    mode: "enforce",
    counter: `gateway\n${accountId}\n${gatewayId}\n${windowName(window)}`,
    isPerTry: false,
    mismatch: () => null,
    partition: () => "",
    thresholds: [],
    fallbackModel: null,
  };
}

function spendRule({ accountId, gatewayId }: { accountId: string; gatewayId: string }, rule: SpendRule): LimitRule {
  const id = rule.id ?? nameOf(rule);
  const window: WindowSpec = { kind: rule.technique ?? "sliding", seconds: rule.window };
  const limit = scaledDecimal(rule.limit, 9) ?? Number.MAX_SAFE_INTEGER;
  return {
    id,
    origin: "spend_limit",
    metric: "cost",
    limit,
    window,
    windowAt: windowFinder(window, limit),
    mode: "enforce",
    counter: `spend\n${accountId}\n${gatewayId}\n${id}\n${windowName(window)}`,
    isPerTry: true,
    mismatch: (facts) => spendMismatch(rule, facts),
    partition: (facts) => spendPartition(rule, facts),
    thresholds: [],
    fallbackModel: null,
  };
}

function spendMismatch({ model, provider, metadata }: SpendRule, facts: RequestFacts): string | null {
  if (provider !== undefined && !provider.values.includes(facts.provider)) return "provider";
  if (model !== undefined && !model.values.some((name) => isModel(name, facts))) return "model";
  for (const [key, rule] of Object.entries(metadata ?? {})) {
    const value = metadataValue(facts, key);
    if (rule.mode === "filter" && (value === null || !rule.values.includes(value))) return `metadata.${key}`;
  }
  return null;
}

/** Requests without a value to be split by are counted together. */
function spendPartition({ metadata }: SpendRule, facts: RequestFacts): string {
  const parts = Object.entries(metadata ?? {})
    .filter(([, { mode }]) => mode === "partition")
    .map(([key]) => metadataValue(facts, key));
  return parts.length === 0 ? "" : JSON.stringify(parts);
}

function metadataValue({ metadata }: RequestFacts, key: string): string | null {
  return Object.hasOwn(metadata, key) ? String(metadata[key]) : null;
}

/** Names a rule that was given no name: eight hexadecimal digits, the same for the same rule. */
function nameOf(rule: SpendRule): string {
  return createHash("sha256").update(JSON.stringify(rule)).digest("hex").slice(0, 8);
}
