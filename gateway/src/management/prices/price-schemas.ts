import { z } from "zod";

const pricesSchema = z
  .record(z.string(), z.unknown())
  .meta({ description: "US dollars by name, such as input_per_million." });

/** What a model costs at a moment. */
export const priceInForceSchema = z.object({
  provider: z.string(),
  model: z.string(),
  at: z.iso.datetime(),
  price: z
    .object({
      version: z.string(),
      source: z.enum(["list", "file", "api"]).meta({ description: "Price list, configuration file or this API." }),
      override_id: z.string().nullable(),
      prices: pricesSchema,
    })
    .nullable()
    .meta({ description: "Null when no price is known." }),
});

/** A price that was set here or in the configuration file. */
export const overrideSchema = z
  .object({
    id: z.string().nullable().meta({ description: "Null for those of the configuration file." }),
    provider: z.string(),
    model: z.string(),
    from: z.iso.datetime().nullable().meta({ description: "Null for since ever." }),
    prices: pricesSchema.nullable().meta({ description: "Null withdraws what was set before." }),
    source: z.enum(["api", "file"]),
    overruled_by_file: z.boolean().meta({ description: "Whether the configuration file sets this model." }),
    created_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "PriceOverride", description: "A price set by hand." });

/** A model with answers of no known cost. */
export const unpricedSchema = z.object({
  provider: z.string(),
  model: z.string().nullable(),
  requests: z.int(),
  tokens_in: z.number(),
  tokens_out: z.number(),
  last_seen: z.iso.datetime(),
  has_price: z.boolean().meta({ description: "Whether one is known by now." }),
  set_price: z
    .object({ provider: z.string(), model: z.string(), prices: z.record(z.string(), z.null()) })
    .nullable()
    .meta({ description: "Body that sets a price once its nulls are filled in." }),
});
