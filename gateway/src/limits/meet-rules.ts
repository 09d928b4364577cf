import type { Take, TakeAnswer } from "../stores/ports/counter-store.ts";
import type { LimitRule, Metric, RequestFacts } from "./limit-rule.ts";
import { capacityOf } from "./window-spec.ts";

/** How much of each metric a request takes, or is estimated to take. */
export type Amounts = Readonly<Record<Metric, number>>;

/** A request, or a try, that takes part in no counting of tokens and money. */
export const oneRequest: Amounts = { requests: 1, concurrent: 1, tokens_in: 0, tokens_out: 0, tokens: 0, cost: 0 };

/** Rules that a request meets, and what it takes of each: two lists of one length. */
export interface MetRules {
  readonly rules: readonly LimitRule[];
  readonly takes: readonly Take[];
}

/** A rule that refused, with how it stands. */
export interface Refusal {
  readonly rule: LimitRule;
  readonly standing: TakeAnswer["standings"][number];
  /** What was asked for, in the metric's unit. */
  readonly amount: number;
}

const estimated: ReadonlySet<Metric> = new Set<Metric>(["tokens_in", "tokens_out", "tokens", "cost"]);

/** Whether what a request takes of a metric is known only in the end. */
export function isEstimated(metric: Metric): boolean {
  return estimated.has(metric);
}

/** Which of the rules concern a request, and what it takes of them. */
export function meetRules(
  rules: readonly LimitRule[],
  facts: RequestFacts,
  asked: { amounts: Amounts; nowMs: number },
): MetRules {
  const met: LimitRule[] = [];
  const takes: Take[] = [];
  for (const rule of rules) {
    if (rule.mismatch(facts) !== null) continue;
    met.push(rule);
    takes.push(takeOf(rule, facts, asked));
  }
  return { rules: met, takes };
}

/** What a request takes of a rule that concerns it. */
export function takeOf(rule: LimitRule, facts: RequestFacts, asked: { amounts: Amounts; nowMs: number }): Take {
  const { metric, limit, window, mode } = rule;
  return {
    meter: {
      key: `${rule.counter}\n${rule.partition(facts)}`,
      window: rule.windowAt(asked.nowMs),
      limit: capacityOf(window, limit),
      isLasting: metric === "cost",
    },
    amount: asked.amounts[metric],
    mode,
    isHeld: estimated.has(metric),
  };
}

/** The rule that a refused request has to wait longest for. */
export function refusalOf({ rules, takes }: MetRules, { standings }: TakeAnswer): Refusal {
  let found: Refusal | null = null;
  for (const [index, rule] of rules.entries()) {
    const standing = standings[index];
    if (standing?.isOver !== true || rule.mode !== "enforce") continue;
    if (found === null || standing.resetMs > found.standing.resetMs) {
      found = { rule, standing, amount: (takes[index] as Take).amount };
    }
  }
  if (found === null) throw new Error("a request was refused by no rule");
  return found;
}

/** Ids of the rules in shadow mode that would have refused. */
export function shadowRefusals({ rules }: MetRules, { standings }: TakeAnswer): readonly string[] {
  return rules.filter(({ mode }, index) => mode === "shadow" && standings[index]?.isOver === true).map(({ id }) => id);
}
