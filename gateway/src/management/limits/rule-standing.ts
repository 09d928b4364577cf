import { z } from "zod";
import type { LimitRule, RequestFacts } from "../../limits/limit-rule.ts";
import { type Amounts, takeOf } from "../../limits/meet-rules.ts";
import { shownAmount } from "../../limits/show-rule.ts";
import { windowSeconds } from "../../limits/window-spec.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/** How a rule stands towards a request. Money in dollars. */
export const standingSchema = z.object({
  rule: z.string(),
  origin: z.enum(["gateway", "spend_limit", "limit", "budget", "provider_key"]),
  metric: z.string(),
  mode: z.enum(["enforce", "shadow", "count"]).meta({ description: "`shadow` and `count` refuse nobody." }),
  window: z.string(),
  window_seconds: z.number(),
  limit: z.number(),
  used: z.number().meta({ description: "Counted in this window, what is reserved included." }),
  reserved: z.number().meta({ description: "The part of it that requests under way may still use." }),
  left: z.number(),
  asked: z.number().meta({ description: "What the request would take." }),
  fits: z.boolean(),
  resets_in_seconds: z
    .number()
    .meta({ description: "When it does not fit: until it would. Otherwise until the window is over." }),
});

/** Asks the counters how a rule stands, and changes nothing. */
export async function ruleStanding(
  rule: LimitRule,
  asked: { readonly facts: RequestFacts; readonly amounts: Amounts },
  { counters }: Pick<SettingsRoutesOptions, "counters">,
): Promise<z.output<typeof standingSchema>> {
  const nowMs = counters.nowMs();
  const take = takeOf(rule, asked.facts, { amounts: asked.amounts, nowMs });
  const [standing] = await counters.peek([take], nowMs);
  const { used = 0, held = 0, remaining = 0, isOver = false, resetMs = 0 } = standing ?? {};
  const shown = (amount: number): number => shownAmount(rule.metric, amount);
  return {
    rule: rule.id,
    origin: rule.origin,
    metric: rule.metric,
    mode: rule.mode,
    window: rule.window.kind,
    window_seconds: windowSeconds(rule.window),
    limit: shown(rule.limit),
    used: shown(used),
    reserved: shown(held),
    left: shown(remaining),
    asked: shown(take.amount),
    fits: !isOver,
    resets_in_seconds: Math.ceil(resetMs / 1000),
  };
}
