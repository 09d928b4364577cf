import type { PriceSettings } from "../core/price-settings.ts";
import type { ModelPrice, UnitPrices } from "./model-price.ts";
import { priceAmounts } from "./price-override.ts";

/** Prices as they are set, in dollars, and what only the price list has. */
export interface ShownPrice extends PriceSettings {
  /** Prices of the whole request once its prompt has more tokens. */
  readonly long_prompts?: readonly ({ readonly above_input_tokens: number } & PriceSettings)[];
}

const members: Readonly<Record<keyof typeof priceAmounts, keyof UnitPrices>> = {
  input_per_million: "input",
  output_per_million: "output",
  cache_read_per_million: "cacheRead",
  cache_write_per_million: "cacheWrite",
  cache_write_1h_per_million: "cacheWrite1h",
  input_audio_per_million: "inputAudio",
  input_image_per_million: "inputImage",
  input_video_per_million: "inputVideo",
  cache_read_audio_per_million: "cacheReadAudio",
  cache_read_image_per_million: "cacheReadImage",
  output_audio_per_million: "outputAudio",
  output_image_per_million: "outputImage",
  output_reasoning_per_million: "outputReasoning",
  per_request: "request",
  per_web_search: "webSearch",
  per_audio_hour: "audioHour",
};

/** A price under the names and in the units by which prices are set; units without a price of their own are left out. */
export function showPrice({ base, longPrompts, serviceTiers }: ModelPrice): ShownPrice {
  const tiers = [...serviceTiers].map(([tier, { numerator, denominator }]) => [tier, numerator / denominator] as const);
  return {
    ...showUnits(base),
    ...(tiers.length === 0 ? {} : { service_tiers: Object.fromEntries(tiers) }),
    ...(longPrompts.length === 0
      ? {}
      : {
          long_prompts: longPrompts.map(({ aboveInputTokens, prices }) => ({
            above_input_tokens: aboveInputTokens,
            ...showUnits(prices),
          })),
        }),
  };
}

function showUnits(prices: UnitPrices): PriceSettings {
  const shown: Record<string, number> = {};
  for (const [name, exponent] of Object.entries(priceAmounts)) {
    const picoUsd = prices[members[name as keyof typeof priceAmounts]];
    if (picoUsd !== null) shown[name] = picoUsd / 10 ** exponent;
  }
  return shown;
}
