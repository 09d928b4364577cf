import { z } from "zod";
import type { KeyParts } from "../../cache/derive-key.ts";
import type { CacheEntryTerms, CacheExplanation } from "../../cache/cache-explanation.ts";

const seconds = z.int();

const entrySchema = z.object({
  ttl_seconds: seconds,
  stale_while_revalidate_seconds: seconds,
  stale_if_error_seconds: seconds,
  scope: z.enum(["credential", "tenant", "shared"]).meta({ description: "Who shares the answer." }),
  key: z.string().meta({ description: "Name of the entry." }),
  custom_key: z
    .string()
    .nullable()
    .meta({ description: "The client's `cf-aig-cache-key`, which stands for all that follows." }),
  parts: z
    .object({
      provider: z.string(),
      method: z.string(),
      target: z.string().meta({ description: "Path and query as the provider gets them." }),
      headers: z
        .array(z.string())
        .meta({ description: "Names of the fields that have to be equal, and of metadata that a rule includes." }),
      stored_key: z.string().meta({
        description: "Alias of the stored key; empty where the request has its own credential or it does not count.",
      }),
      body: z
        .enum(["bytes", "json"])
        .meta({ description: "Whether the body is compared byte by byte or as JSON in one form." }),
      body_bytes: z.int(),
      ignored_body: z.array(z.string()),
      form: z
        .string()
        .meta({ description: "Form in which the answer is asked for; it is converted where the other one is stored." }),
    })
    .nullable()
    .meta({ description: "What has to be equal; null under a `custom_key`." }),
  stored: z
    .enum(["none", "fresh", "stale", "unknown"])
    .meta({ description: "`unknown` where answers are kept in the memory of workers alone." }),
  stored_form: z
    .enum(["same", "other"])
    .nullable()
    .meta({ description: "`other` where it is converted: a stream for a whole answer, or the reverse." }),
  age_seconds: seconds.nullable(),
  expires_in_seconds: seconds.nullable().meta({ description: "Below 0 for an answer beyond its lifetime." }),
  stored_status: z.int().nullable(),
  stored_bytes: z.int().nullable(),
});

/** What the cache would do with a request, as the API tells it. */
export const cacheVerdictSchema = z.object({
  outcome: z.enum(["hit", "miss", "refreshed", "not_cached", "refused"]).meta({
    description:
      "`hit`: a stored answer would be served. `miss`: none is there, the new one is kept. `refreshed`: what is stored is passed over and replaced. `refused`: the gateway would not take the request.",
  }),
  reason: z.string(),
  fault: z.object({ code: z.int(), path: z.string().nullable() }).nullable(),
  rules: z.array(
    z.object({
      rule: z.int().meta({ description: "Its place among the gateway's rules, from 1." }),
      when: z.string().nullable(),
      verdict: z.enum(["decides", "passed_over", "not_reached"]),
      because: z.string().nullable().meta({ description: "The part of its condition that is not so." }),
    }),
  ),
  entry: entrySchema.nullable(),
});

/** An explanation in the API's words. */
export function showCacheVerdict(explained: CacheExplanation, nowMs: number): z.output<typeof cacheVerdictSchema> {
  const { outcome, reason, fault, rules } = explained;
  const entry = explained.entry === null ? null : showEntry(explained.entry, nowMs);
  const isHit = entry?.stored === "fresh" || (entry?.stored === "stale" && isServedStale(explained.entry, nowMs));
  return {
    outcome: outcome === "cached" ? (isHit ? "hit" : "miss") : outcome,
    reason,
    fault,
    rules: rules.map(({ rule, verdict, because }, index) => ({ rule: index + 1, when: rule.when, verdict, because })),
    entry,
  };
}

function isServedStale(entry: CacheEntryTerms | null, nowMs: number): boolean {
  if (entry === null || entry.stored === null || entry.stored === "unknown") return false;
  return nowMs - entry.stored.head.freshUntilMs < entry.whileRevalidateSeconds * 1000;
}

/** The shape of a rule is no field anybody sent. */
function fieldNames({ fields }: KeyParts): string[] {
  return fields
    .filter(([name]) => name !== "rule")
    .map(([name = "", detail = ""]) => (name === "metadata" ? `metadata.${detail}` : name));
}

function showEntry(entry: CacheEntryTerms, nowMs: number): z.output<typeof entrySchema> {
  const { parts, stored } = entry;
  const answer = stored === "unknown" ? null : stored;
  const leftMs = answer === null ? 0 : answer.head.freshUntilMs - nowMs;
  return {
    ttl_seconds: entry.lifetimeSeconds,
    stale_while_revalidate_seconds: entry.whileRevalidateSeconds,
    stale_if_error_seconds: entry.ifErrorSeconds,
    scope: entry.scope,
    key: entry.key,
    custom_key: entry.name,
    parts:
      parts === null
        ? null
        : {
            provider: parts.provider,
            method: parts.method,
            target: parts.target,
            headers: fieldNames(parts),
            stored_key: parts.alias,
            body: entry.isCanonical ? "json" : "bytes",
            body_bytes: parts.body.length,
            ignored_body: [...entry.ignoredBody],
            form: parts.variant.trim(),
          },
    stored: stored === "unknown" ? "unknown" : answer === null ? "none" : leftMs > 0 ? "fresh" : "stale",
    stored_form: answer === null ? null : entry.isOtherForm ? "other" : "same",
    age_seconds: answer === null ? null : Math.max(0, Math.floor((nowMs - answer.head.storedAtMs) / 1000)),
    expires_in_seconds: answer === null ? null : Math.ceil(leftMs / 1000),
    stored_status: answer?.head.status ?? null,
    stored_bytes: answer?.sizeBytes ?? null,
  };
}
