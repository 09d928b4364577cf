import type { Metadata } from "../core/exchange.ts";
import type { WindowFinder, WindowSpec } from "./window-spec.ts";

/** What a rule counts. Cost is in nano-USD. */
export type Metric = "requests" | "concurrent" | "tokens_in" | "tokens_out" | "tokens" | "cost";

/**
 * Where a rule is from: the gateway's rate limit or spend limits (reference §4, §13.3), a limit or budget of the account, or the rate limit of
 * a stored key (§9.4).
 */
export type RuleOrigin = "gateway" | "spend_limit" | "limit" | "budget" | "provider_key";

/** What rules ask about a request. */
export interface RequestFacts {
  readonly accountId: string;
  readonly gatewayId: string;
  /** Null on a gateway that asks for no token. */
  readonly tokenId: string | null;
  /** Budget the token is bound to. */
  readonly budgetId: string | null;
  /** Who asked, as records count users; null when nothing says it. */
  readonly user: string | null;
  readonly metadata: Metadata;
  readonly ip: string;
  /** Slug of the provider of the step. */
  readonly provider: string;
  /** Model as asked for; empty when none can be read. */
  readonly model: string;
  readonly method: string;
  readonly path: string;
}

/** A rule made ready for counting. */
export interface LimitRule {
  /** As it is told to clients. */
  readonly id: string;
  readonly origin: RuleOrigin;
  readonly metric: Metric;
  /** Whole units of the metric. */
  readonly limit: number;
  readonly window: WindowSpec;
  readonly windowAt: WindowFinder;
  /** `shadow` is counted and told, and refuses nobody; `count` measures what is spent and refuses nobody. */
  readonly mode: "enforce" | "shadow" | "count";
  /** Begins the counter's key: account, gateway, rule and window, so that none shares another's count. */
  readonly counter: string;
  /**
   * Whether it asks what only one try at one provider says: provider, model, tokens, cost. Others are counted once for a request, however
   * many tries it takes.
   */
  readonly isPerTry: boolean;
  /** What keeps the rule from concerning a request: the name of the filter; null when it does concern it. */
  readonly mismatch: (facts: RequestFacts) => string | null;
  /** Which of the rule's counters a request is counted in. */
  readonly partition: (facts: RequestFacts) => string;
  /** Shares of the limit in percent, rising, at which somebody is to be told. */
  readonly thresholds: readonly number[];
  /** Model that takes the place of the one asked for when this rule refuses; null for none. */
  readonly fallbackModel: string | null;
}

/** The rules of one gateway. */
export interface GatewayLimits {
  readonly perRequest: readonly LimitRule[];
  readonly perTry: readonly LimitRule[];
}

/** Sorts rules by when they are asked; null for none, so that gateways without rules lose no time. */
export function gatewayLimits(rules: readonly LimitRule[]): GatewayLimits | null {
  if (rules.length === 0) return null;
  return { perRequest: rules.filter((rule) => !rule.isPerTry), perTry: rules.filter((rule) => rule.isPerTry) };
}
