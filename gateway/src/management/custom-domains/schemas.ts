import { z } from "zod";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostname = new RegExp(`^(?=.{1,253}$)(?:${label}\\.)+${label}$`);

/** Body of a new domain (reference §14.13). */
export const domainBody = z.strictObject({
  domain: z
    .string()
    .meta({ description: "Host name that leads here.", examples: ["ai.example.com"] })
    .transform((text) => text.toLowerCase().replace(/\.$/, ""))
    .refine((text) => hostname.test(text) && !/\.\d+$/.test(text), {
      error: "Expected a host name such as ai.example.com",
    }),
  zone_id: z.string().min(1).max(64).optional().meta({ description: "Kept and shown; nothing is done with it." }),
});

/** A domain as it is answered. */
export const domainSchema = z
  .object({
    hostname: z.string(),
    gateway_id: z.string(),
    zone_id: z.string().nullable(),
    status: z.literal("active").meta({ description: "It counts at once; its DNS record is yours to set." }),
    cname_target: z.string().meta({ description: "Host that its DNS record has to lead to: the one that was asked." }),
    created_at: z.int().meta({ description: "Unix milliseconds." }),
    modified_at: z.int().meta({ description: "Unix milliseconds." }),
    managed_by: z.literal("file").optional(),
  })
  .meta({ id: "CustomDomain", description: "A host name whose paths begin with a provider." });
