import { z } from "zod";
import { ignoredField } from "../ignored-field.ts";
import { otelField } from "./otel-field.ts";
import { usageBillingSchema } from "../../billing/usage-billing-settings.ts";
import { cacheRulesSchema } from "../../cache/cache-rule.ts";
import { spendLimitsSchema } from "../../limits/spend-limits.ts";
import { dlpField, guardrailsField } from "./policy-fields.ts";

const atLeastNothing = z.int().min(0).nullable();
/** Up to the thirty days that the product caches for (reference §3). */
const cacheSeconds = z.int().min(0).max(2_592_000).nullable();

/** Fields that have to be given whenever a gateway is written (reference §14.1). */
export const requiredFields = z.strictObject({
  cache_invalidate_on_update: z
    .boolean()
    .meta({ description: "Whether a change of the gateway drops what is cached for it." }),
  cache_ttl: cacheSeconds.meta({ description: "Seconds that answers are cached; 0 and null for no cache." }),
  collect_logs: z.boolean().meta({ description: "Whether logs are kept. Analytics count every request." }),
  rate_limiting_interval: atLeastNothing.meta({ description: "Window of the rate limit in seconds; 0 for no limit." }),
  rate_limiting_limit: atLeastNothing.meta({ description: "Requests in that window; 0 for no limit." }),
});

const days = z.number().positive().max(36_500).nullable();
const bytes = z.int().min(1_048_576).max(1_125_899_906_842_624).nullable();

/** Fields that may be given; left out of a change they keep their values. */
export const optionalFields = z
  .strictObject({
    cache_rules: cacheRulesSchema,
    cache_stale_while_revalidate: cacheSeconds.meta({
      description: "Seconds beyond their lifetime that answers are served while new ones are got in the background.",
    }),
    cache_stale_if_error: cacheSeconds.meta({
      description: "Seconds beyond their lifetime that answers are served when the provider fails.",
    }),
    cache_semantic: z.number().min(0.5).max(1).nullable().meta({
      description: "How alike questions have to be for one's answer to serve the other; null for equal requests alone.",
    }),
    rate_limiting_technique: z.enum(["fixed", "sliding"]).nullable(),
    authentication: z.boolean().meta({ description: "Whether requests need a token of this account." }),
    byok_only: z
      .boolean()
      .meta({ description: "Whether requests without a key of their own or a stored one are refused." }),
    log_management: z.int().min(10_000).max(10_000_000).nullable().meta({ description: "Most logs kept." }),
    log_management_strategy: z
      .enum(["STOP_INSERTING", "DELETE_OLDEST"])
      .nullable()
      .meta({ description: "What happens at that bound." }),
    log_max_age_days: days.meta({ description: "Days that logs are kept; null for good." }),
    log_max_bytes: bytes.meta({ description: "Room for logs; the oldest go." }),
    log_body_max_age_days: days.meta({ description: "Days that bodies are kept; null for as long as their logs." }),
    log_body_max_bytes: bytes.meta({ description: "Room for bodies; the oldest go." }),
    logpush: z.boolean().meta({ description: "Whether logs are pushed to the account's targets." }),
    logpush_public_key: z
      .string()
      .min(16)
      .max(1024)
      .nullable()
      .meta({ description: "RSA public key in PEM with which pushed logs are encrypted." }),
    retry_max_attempts: z.int().min(1).max(5).nullable().meta({ description: "Total tries; null for one." }),
    retry_delay: z.int().min(0).max(60_000).nullable().meta({ description: "First pause in milliseconds." }),
    retry_backoff: z.enum(["constant", "linear", "exponential"]).nullable(),
    store_id: z
      .string()
      .min(1)
      .max(64)
      .nullable()
      .meta({ description: "Secrets store in which provider keys of this gateway are kept." }),
    workers_ai_billing_mode: z.enum(["postpaid", "unified"]),
    zdr: z.boolean(),
    log_classification: z.boolean(),
    dlp: dlpField,
    guardrails: guardrailsField,
    otel: otelField,
    spend_limits: spendLimitsSchema,
    stripe: usageBillingSchema,
  })
  .partial();

/** What answers tell and requests may bring along, as when what was read is written back: it is taken and ignored. */
export const ignoredFields = z.strictObject({
  created_at: ignoredField,
  modified_at: ignoredField,
  is_default: ignoredField,
  internal: ignoredField,
  wholesale: ignoredField,
  account_id: ignoredField,
  account_tag: ignoredField,
  internal_id: ignoredField,
  managed_by: ignoredField,
});
