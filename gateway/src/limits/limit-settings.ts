import { z } from "zod";
import { scaledDecimal } from "../core/money.ts";
import type { LimitRule, Metric } from "./limit-rule.ts";
import { compileScope, scopeShape } from "./rule-scope.ts";
import { type WindowSpec, windowFinder, windowName } from "./window-spec.ts";

const metrics = [
  "requests",
  "concurrent",
  "tokens_in",
  "tokens_out",
  "tokens",
  "cost",
] as const satisfies readonly Metric[];
const MAX_USD = 9_000_000;

/** A limit of an account, as the API and the configuration file give it. */
export const limitSchema = z
  .strictObject({
    ...scopeShape,
    metric: z.enum(metrics).meta({ description: "What is counted. Cost is in US dollars." }),
    limit: z.number().min(0).max(1e15).meta({ description: "Most of it in a window, or at once." }),
    window: z
      .int()
      .min(1)
      .max(31_622_400)
      .nullable()
      .default(null)
      .meta({ description: "Length of the window in seconds; null for what runs at once, and only there." }),
    technique: z.enum(["sliding", "fixed", "token_bucket"]).default("sliding").meta({
      description: "`sliding`; `fixed`: aligned to the clock, UTC; `token_bucket`: `burst` at once, refilled evenly.",
    }),
    burst: z
      .int()
      .min(1)
      .max(1e15)
      .nullable()
      .default(null)
      .meta({ description: "What a token bucket holds; null for the limit." }),
    shadow: z
      .boolean()
      .default(false)
      .meta({ description: "Count and tell in `cf-aig-limit-shadow`, and refuse nobody." }),
  })
  .superRefine(({ metric, limit, window, technique, burst }, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (metric === "cost" ? limit > MAX_USD : !Number.isSafeInteger(limit)) {
      fault("limit", metric === "cost" ? `expected up to ${MAX_USD} dollars` : `expected a whole number of ${metric}`);
    }
    if (metric === "concurrent" && window !== null) fault("window", "expected null: what runs at once has no window");
    if (metric !== "concurrent" && window === null) fault("window", "expected the length of the window in seconds");
    if (burst !== null && technique !== "token_bucket")
      fault("burst", 'expected null unless technique is "token_bucket"');
  });

/** A checked limit. */
export type LimitSettings = z.output<typeof limitSchema>;

/** The rule that a limit is; null when it does not hold for this gateway at all. */
export function limitRule(place: { accountId: string; id: string }, settings: LimitSettings): LimitRule {
  const { metric, shadow } = settings;
  const { asksTry, ...scope } = compileScope(settings);
  const limit = metric === "cost" ? (scaledDecimal(settings.limit, 9) ?? 0) : settings.limit;
  const window = windowOf(settings, limit);
  return {
    id: place.id,
    origin: "limit",
    metric,
    limit,
    window,
    windowAt: windowFinder(window, limit),
    mode: shadow ? "shadow" : "enforce",
    counter: `limit\n${place.accountId}\n${place.id}\n${metric}\n${windowName(window)}`,
    isPerTry: asksTry || (metric !== "requests" && metric !== "concurrent"),
    ...scope,
    thresholds: [],
    fallbackModel: null,
  };
}

function windowOf({ window, technique, burst, metric }: LimitSettings, limit: number): WindowSpec {
  if (window === null) return { kind: "concurrent" };
  if (technique !== "token_bucket") return { kind: technique, seconds: window };
  const capacity = burst === null ? limit : metric === "cost" ? burst * 1e9 : burst;
  return { kind: "bucket", seconds: window, capacity };
}
