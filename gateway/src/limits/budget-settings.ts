import { z } from "zod";
import { scaledDecimal } from "../core/money.ts";
import { isTimeZone } from "./calendar-window.ts";
import type { LimitRule } from "./limit-rule.ts";
import { compileScope, scopeShape } from "./rule-scope.ts";
import { type WindowSpec, windowFinder, windowName, windowSeconds } from "./window-spec.ts";

/** A budget of an account, as the API and the configuration file give it. */
export const budgetSchema = z.strictObject({
  ...scopeShape,
  limit: z.number().min(0).max(9_000_000).meta({ description: "US dollars in a period." }),
  period: z
    .enum(["hour", "day", "week", "month"])
    .default("month")
    .meta({ description: "Length of the period. Weeks begin on Monday; a sliding month has 30 days." }),
  technique: z.enum(["calendar", "sliding"]).default("calendar").meta({
    description: "`calendar`: from the first moment of the hour, day, week or month; `sliding`: the last such span.",
  }),
  time_zone: z
    .string()
    .max(64)
    .refine(isTimeZone, { error: "expected the name of a time zone, such as Europe/Berlin" })
    .default("UTC")
    .meta({ description: "Time zone of the calendar." }),
  tokens: z.enum(["all", "assigned"]).default("all").meta({
    description: "`assigned`: only requests whose API token names this budget count.",
  }),
  thresholds: z
    .array(z.number().positive().max(100))
    .max(10)
    .default([50, 80, 100])
    .meta({ description: "Shares in percent that are told once in a period when they are spent." }),
  hard: z
    .boolean()
    .default(true)
    .meta({ description: "Whether requests are refused that do not fit; false measures and tells only." }),
  fallback_model: z.string().min(1).max(256).nullable().default(null).meta({
    description:
      "Model of the same provider that is asked in place of the wanted one when the budget has no room for it; null to refuse.",
  }),
});

/** A checked budget. */
export type BudgetSettings = z.output<typeof budgetSchema>;

/** The rule that a budget is. */
export function budgetRule(place: { accountId: string; id: string }, settings: BudgetSettings): LimitRule {
  const { period, technique, time_zone: timeZone, tokens, hard, thresholds, fallback_model: fallbackModel } = settings;
  const scope = compileScope(settings);
  const calendar: WindowSpec = { kind: "calendar", unit: period, timeZone };
  const window: WindowSpec =
    technique === "calendar" ? calendar : { kind: "sliding", seconds: windowSeconds(calendar) };
  const limit = scaledDecimal(settings.limit, 9) ?? 0;
  return {
    id: place.id,
    origin: "budget",
    metric: "cost",
    limit,
    window,
    windowAt: windowFinder(window, limit),
    mode: hard ? "enforce" : "count",
    counter: `budget\n${place.accountId}\n${place.id}\n${windowName(window)}`,
    isPerTry: true,
    mismatch: (facts) => (tokens === "assigned" && facts.budgetId !== place.id ? "tokens" : scope.mismatch(facts)),
    partition: scope.partition,
    thresholds: [...new Set(thresholds)].sort((left, right) => left - right),
    fallbackModel,
  };
}
