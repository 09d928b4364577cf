import { z } from "zod";
import { secretReference, secretText } from "../secrets-store/schemas.ts";

const weight = z
  .number()
  .min(0.001)
  .max(1000)
  .meta({ description: "Share of requests among keys with the same alias; 1 by default." });
const rateLimit = z.int().min(0).max(1_000_000_000).nullable().meta({
  description:
    "Most requests that it is used for in a period; when it is used up the others of its alias are. Null and 0 for no limit.",
});
const rateLimitPeriod = z
  .int()
  .min(1)
  .max(31_536_000)
  .meta({ description: "Length of that period in seconds, 60 by default; it holds in any span of that length." });

/** Body of a new provider key (reference §14.8). */
export const configBody = z.strictObject({
  provider_slug: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: "Slug of a provider.", examples: ["custom-gpu"] }),
  alias: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, {
      error: "Expected 1 to 64 letters, digits and _ . -, the first a letter or digit",
    })
    .meta({
      description: "Requests name it; several keys with one alias take turns.",
      examples: ["default"],
    }),
  default_config: z
    .boolean()
    .meta({ description: "Whether requests that name no alias get it. Other aliases lose that.", examples: [true] }),
  secret: secretText.optional(),
  secret_id: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: "A secret of the Secrets Store; with secret as well, that becomes its value." }),
  reference: secretReference.optional(),
  weight: weight.optional(),
  rate_limit: rateLimit.optional(),
  rate_limit_period: rateLimitPeriod.optional(),
});

/** Body of a change; what is left out stays. */
export const configChange = z
  .strictObject({
    secret: secretText,
    reference: secretReference,
    default_config: z.boolean(),
    weight,
    rate_limit: rateLimit,
    rate_limit_period: rateLimitPeriod,
  })
  .partial();

/** A provider key as it is answered: never the key. */
export const configSchema = z
  .object({
    id: z.string(),
    alias: z.string(),
    default_config: z.boolean(),
    gateway_id: z.string(),
    provider_slug: z.string(),
    secret_id: z.string().meta({ description: "Empty for a key that is kept by reference." }),
    secret_preview: z.string().meta({ description: "What may be seen of the key: its end, or its reference." }),
    weight: z.number(),
    rate_limit: z.int().optional(),
    rate_limit_period: z.int(),
    created_at: z.iso.datetime(),
    modified_at: z.iso.datetime(),
    managed_by: z.literal("file").optional(),
  })
  .meta({ id: "ProviderConfig", description: "A key of a provider, kept for a gateway." });
