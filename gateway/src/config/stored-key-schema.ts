import { z } from "zod";

const aliasPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Where a secret is to be looked up. The gateway's own variables are not handed out. */
const referencePattern = /^(?:env:(?!HEADGATE_)[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

/** One of a gateway's `keys`. */
export const storedKeySchema = z
  .strictObject({
    provider: z.string().meta({ description: "Slug of the provider." }),
    alias: z.string().regex(aliasPattern).default("default").meta({
      description: "Name by which `cf-aig-byok-alias` chooses it; keys of one provider and alias form a pool.",
    }),
    secret: z
      .string()
      .regex(referencePattern)
      .meta({ description: "Where the key is, never the key itself: `env:NAME` or `file:PATH`." }),
    weight: z.int().min(1).max(1000).default(1).meta({ description: "Its share of the requests of its pool." }),
    rate_limit: z.int().min(0).max(1_000_000_000).nullable().default(null).meta({
      description:
        "Most requests it is used for in a period; when it is used up the others of its pool are; null for no limit.",
    }),
    rate_limit_period: z.int().min(1).max(31_536_000).default(60).meta({
      description: "Length of that period in seconds; it holds in any span of that length.",
    }),
    default: z.boolean().default(false).meta({
      description: "Whether requests that name no alias use it; where none is, the alias `default` serves them.",
    }),
  })
  .meta({ title: "key", description: "A provider's key that requests without one of their own are sent with." });

/** A stored key of the file after validation. */
export type StoredKeySettings = z.output<typeof storedKeySchema>;
