import { z } from "zod";

const amount = z.number().min(0).max(9000).optional();
const modelPrices = z
  .strictObject({
    input_per_million: amount.meta({ description: "Dollars for a million prompt tokens." }),
    output_per_million: amount.meta({ description: "Dollars for a million completion tokens." }),
    cache_read_per_million: amount.meta({ description: "Prompt tokens read from the provider's cache." }),
    cache_write_per_million: amount.meta({ description: "Prompt tokens written to the provider's cache." }),
    cache_write_1h_per_million: amount.meta({ description: "The same when they are kept an hour." }),
    input_audio_per_million: amount.meta({ description: "Prompt tokens of audio." }),
    input_image_per_million: amount.meta({ description: "Prompt tokens of images." }),
    input_video_per_million: amount.meta({ description: "Prompt tokens of video." }),
    cache_read_audio_per_million: amount.meta({ description: "Audio tokens read from the cache." }),
    cache_read_image_per_million: amount.meta({ description: "Image tokens read from the cache." }),
    output_audio_per_million: amount.meta({ description: "Completion tokens of audio." }),
    output_image_per_million: amount.meta({ description: "Completion tokens of images." }),
    output_reasoning_per_million: amount.meta({ description: "Completion tokens of reasoning." }),
    per_request: amount.meta({ description: "Dollars for every answered request." }),
    per_web_search: amount.meta({ description: "Dollars for every web search the provider ran." }),
    per_audio_hour: amount.meta({ description: "Dollars for an hour of audio." }),
    service_tiers: z
      .record(z.string(), z.number().min(0).max(100).meta({ title: "tier", description: "Factor of this tier." }))
      .optional()
      .meta({ description: "Factors on token prices by service tier." }),
    from: z
      .string()
      .optional()
      .meta({ description: "Date from which the prices hold (ISO 8601); absent for since ever." }),
  })
  .meta({ title: "prices", description: "Prices of a model in US dollars; see the guide on prices." });

const priceEntries = z.union([modelPrices, z.array(modelPrices)]).meta({
  title: "model",
  description: "Prices of one model in US dollars, or a list of them by date; see the guide on prices for the keys.",
});

/** `prices` of the file: prices of the operator's own. */
export const pricesSchema = z
  .record(
    z.string(),
    z.record(z.string(), priceEntries).meta({
      title: "provider",
      description: "Prices at one provider, by model name or by a beginning of names with a closing `*`.",
    }),
  )
  .nullable()
  .prefault({})
  .meta({ description: "Prices of your own, by provider; they come before those of the price list." });
