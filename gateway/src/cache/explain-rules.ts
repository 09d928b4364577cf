import { type CacheRule, cacheRulesSchema } from "./cache-rule.ts";
import { type CacheFacts, explainCondition } from "./rule-condition.ts";

/** What becomes of one rule of a gateway's cache for a request. */
export interface RuleVerdict {
  readonly rule: CacheRule;
  /** `decides` for the first that holds, `passed_over` for one that does not, `not_reached` for those behind the first. */
  readonly verdict: "decides" | "passed_over" | "not_reached";
  /** Why it does not hold: the part of its condition that is not so; null for the others. */
  readonly because: string | null;
}

/** Goes through a gateway's rules as `compileCacheRules` does, and says why. Empty for no rules. */
export function explainRules(given: unknown, facts: CacheFacts): readonly RuleVerdict[] {
  const parsed = cacheRulesSchema.safeParse(given);
  if (!parsed.success || parsed.data === null) return [];
  let isDecided = false;
  return parsed.data.map((rule): RuleVerdict => {
    if (isDecided) return { rule, verdict: "not_reached", because: null };
    const because = rule.when === null ? null : explainCondition(rule.when, facts);
    isDecided = because === null;
    return { rule, verdict: isDecided ? "decides" : "passed_over", because };
  });
}
