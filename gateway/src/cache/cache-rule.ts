import { z } from "zod";
import { mostLifetimeSeconds, leastLifetimeSeconds } from "./lifetime.ts";
import { type CacheFacts, compileCondition, MAX_CONDITION_LENGTH, type RuleCondition } from "./rule-condition.ts";

const names = (description: string) => z.array(z.string().min(1).max(256)).max(50).default([]).meta({ description });

/** One rule as it is set. */
export const cacheRuleSchema = z
  .strictObject({
    when: z
      .string()
      .min(1)
      .max(MAX_CONDITION_LENGTH)
      .superRefine((text, context) => {
        const result = compileCondition(text);
        if (typeof result === "string") context.addIssue({ code: "custom", message: result });
      })
      .nullable()
      .default(null)
      .meta({
        description:
          "Condition in CEL over gateway, provider, model, path, user, metadata, headers and body; null for every request.",
      }),
    ttl: z
      .int()
      .min(leastLifetimeSeconds)
      .max(mostLifetimeSeconds)
      .nullable()
      .default(null)
      .meta({ description: "Seconds that the answer is cached; null leaves it to the gateway." }),
    skip: z.boolean().default(false).meta({ description: "Whether the answer is neither looked up nor cached." }),
    ignore_body: names(
      "Members of the JSON body that do not count; the rest is then compared without regard to its form.",
    ),
    ignore_headers: names("Headers that do not count."),
    include_metadata: names("Keys of the metadata whose values count, too."),
    canonical: z
      .boolean()
      .default(false)
      .meta({ description: "Whether JSON bodies are compared without regard to spaces and the order of members." }),
    scope: z.enum(["credential", "tenant", "shared"]).default("credential").meta({
      description:
        "Who shares an answer: requests with the same credential, all of the gateway, or all gateways whose rule says `shared`.",
    }),
  })
  .meta({ title: "cache rule", description: "What is cached, and what counts as equal." });

export type CacheRule = z.output<typeof cacheRuleSchema>;

/** Rules of one gateway; null for none. The first whose condition holds counts. */
export const cacheRulesSchema = z
  .array(cacheRuleSchema)
  .max(100)
  .nullable()
  .meta({ description: "Rules of the cache in their order; the first whose `when` holds counts. See the guide." });

/** Finds the rule for a request; null where none holds. */
export type FindCacheRule = (facts: () => CacheFacts) => CacheRule | null;

/** Compiles the rules of a gateway; null for no rules. Rules that cannot be read were refused when they were set, and hold for nothing. */
export function compileCacheRules(given: unknown): FindCacheRule | null {
  const parsed = cacheRulesSchema.safeParse(given);
  if (!parsed.success || parsed.data === null || parsed.data.length === 0) return null;
  const rules = parsed.data.map((rule): { rule: CacheRule; condition: RuleCondition | null } => {
    const condition = rule.when === null ? null : compileCondition(rule.when);
    return { rule, condition: typeof condition === "string" ? () => false : condition };
  });
  return (facts) => {
    const known = rules[0]?.condition === null ? null : facts();
    const found = rules.find(({ condition }) => condition === null || condition(known ?? facts()));
    return found?.rule ?? null;
  };
}
