import type { Settled } from "../stores/ports/counter-store.ts";
import type { LimitRule } from "./limit-rule.ts";

/** Spending that passed a threshold of a budget, told once in its period. Money in nano-USD. */
export interface BudgetThreshold {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly budgetId: string;
  /** What the budget is split by, as JSON; empty where it is not split. */
  readonly partition: string;
  /** Percent of the limit. */
  readonly threshold: number;
  readonly spentNanoUsd: number;
  readonly limitNanoUsd: number;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** The thresholds of a rule, in percent, that spending went past. */
export function passedThresholds(
  { limit, thresholds }: LimitRule,
  { spentBefore, spentAfter }: Settled,
): readonly number[] {
  return thresholds.filter((percent) => {
    const bound = (limit * percent) / 100;
    return spentBefore < bound && spentAfter >= bound;
  });
}
