import { z } from "zod";
import type { JsonObject } from "../core/gateway-settings.ts";

const name = z.string().min(1).max(256);

const filter = z
  .strictObject({
    mode: z.literal("filter").meta({ description: "Only requests with one of the values count." }),
    values: z.array(z.string().max(256)).max(1000).meta({ description: "Values that count." }),
  })
  .meta({ title: "filter", description: "Which requests count." });

const rule = z
  .strictObject({
    id: name
      .optional()
      .meta({ description: "Names the rule in errors; eight digits made from the rule when left out." }),
    enabled: z.boolean().optional().meta({ description: "False keeps the rule without effect." }),
    limit: z.number().min(0).max(9_000_000).meta({ description: "US dollars in a window." }),
    limitType: z.enum(["cost"]).meta({ description: "What is limited." }),
    window: z.int().min(1).max(31_622_400).meta({ description: "Length of the window in seconds." }),
    technique: z.enum(["sliding", "fixed"]).optional().meta({
      description: "`sliding`, when left out, or `fixed`: aligned to the clock, UTC.",
    }),
    model: filter.optional().meta({ description: "Models that count, as requests name them or as `provider/model`." }),
    provider: filter.optional().meta({ description: "Providers that count, by slug." }),
    metadata: z
      .record(
        name,
        z.union([
          z.strictObject({ mode: z.literal("partition").meta({ description: "Each value has the limit to itself." }) }),
          filter,
        ]),
      )
      .optional()
      .meta({ description: "Metadata that splits the limit or filters requests, by key." }),
  })
  .meta({ title: "spend limit" });

/** `spend_limits` of a gateway (reference §13.3), checked. */
export const spendLimitsSchema = z
  .strictObject({
    enabled: z.boolean().default(false).meta({ description: "Whether the rules hold." }),
    rules: z.array(rule).max(20).default([]).meta({ description: "At most 20 rules, all of which have to be met." }),
  })
  .nullable()
  .meta({ description: "How much may be spent in a window of time." });

/** A rule of a gateway's `spend_limits`. */
export type SpendRule = z.output<typeof rule>;

/** The rules that count of a checked `spend_limits`: none unless it is enabled. */
export function readSpendLimits(field: JsonObject | null): readonly SpendRule[] {
  if (field === null || field["enabled"] !== true) return [];
  const rules = (field["rules"] ?? []) as readonly SpendRule[];
  return rules.filter(({ enabled }) => enabled !== false);
}
