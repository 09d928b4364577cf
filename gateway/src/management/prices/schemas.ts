import { z } from "zod";
import { parseTime } from "../parse-time.ts";
import { queryInteger, queryTime } from "../parse-query.ts";

const provider = z
  .string({ error: "Expected the slug of a provider" })
  .min(1)
  .max(100)
  .meta({ description: "Slug of a provider.", examples: ["custom-gpu"] });
const model = z
  .string({ error: "Expected the name of a model" })
  .trim()
  .min(1)
  .max(200)
  .meta({ description: "Name of a model.", examples: ["llama-4"] });

/** Query of the price in force. */
export const priceParameters = z.object({ provider, model, at: queryTime.optional() });

/** Query of the history. */
export const overrideParameters = z.object({
  provider: provider.optional(),
  model: model.optional(),
  page: queryInteger({ min: 1, max: 1_000_000 }).default(1),
  per_page: queryInteger({ min: 1, max: 1000 }).default(100),
});

/** Query of the models without a price. */
export const unpricedParameters = z.object({ since: queryTime.optional() });

/** Latest moment of a calendar, Unix milliseconds. */
const lastMs = 8_640_000_000_000_000;

const timeExpected = "Expected Unix milliseconds, a date such as 2026-01-31, or null for since ever";

const from = z.union(
  [
    z.null(),
    z.int().min(0).max(lastMs),
    z.string().transform((text, context) => {
      const timeMs = parseTime(text);
      if (timeMs !== null) return timeMs;
      context.addIssue(timeExpected);
      return z.NEVER;
    }),
  ],
  { error: timeExpected },
);

/** Body of a new price. `prices` is looked at by the price book's own rules. */
export const overrideBody = z.strictObject(
  {
    provider,
    model: model
      .meta({ description: "Name of a model, or a beginning of names with one closing *.", examples: ["llama-4*"] })
      .regex(/^[^*\p{Cc}]*\*?$/u, { error: "Expected a model's name, or a beginning of names with one closing *" })
      .toLowerCase(),
    from: from.optional(),
    prices: z
      .custom<unknown>((value) => value !== undefined, {
        error: "Expected an object of prices, or null to withdraw those set before",
      })
      .meta({
        description: "US dollars by name, as in the configuration file; null withdraws those set before.",
        examples: [{ input_per_million: 0.2, output_per_million: 0.6 }],
      }),
  },
  { error: "Expected a JSON object" },
);
