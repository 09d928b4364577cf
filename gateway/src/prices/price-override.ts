import { scaledDecimal, type Multiplier } from "../core/money.ts";
import type { DatedPriceSettings, PriceOverrideSettings, PriceSettings } from "../core/price-settings.ts";
import type { ModelPrice, UnitPrices } from "./model-price.ts";
import { PriceDataError } from "./price-data.ts";

/** A price somebody set for a model of a provider. Overrides are kept for good: the latest that has begun counts, so the list is its own history. */
export interface PriceOverride {
  /** Slug of the provider. */
  readonly provider: string;
  /** The model's name in lower case, or a beginning of names with a closing `*`. */
  readonly model: string;
  /** Unix milliseconds from which it holds; null for since ever. */
  readonly fromMs: number | null;
  /** Null withdraws the overrides before it: from then on the book's own price counts again. */
  readonly price: ModelPrice | null;
}

/** What a price may be set for, and the power of ten that turns its dollars into pico-USD for one unit (for an hour of audio). */
export const priceAmounts = {
  input_per_million: 6,
  output_per_million: 6,
  cache_read_per_million: 6,
  cache_write_per_million: 6,
  cache_write_1h_per_million: 6,
  input_audio_per_million: 6,
  input_image_per_million: 6,
  input_video_per_million: 6,
  cache_read_audio_per_million: 6,
  cache_read_image_per_million: 6,
  output_audio_per_million: 6,
  output_image_per_million: 6,
  output_reasoning_per_million: 6,
  per_request: 12,
  per_web_search: 12,
  per_audio_hour: 12,
} as const;

/** In dollars; above it a unit has gone wrong. */
const MOST_DOLLARS = 9000;
const FACTOR_DENOMINATOR = 1e6;

/** The overrides that `prices` of the configuration stands for. Throws PriceDataError naming the setting that is no price or no date. */
export function readPriceOverrides(settings: PriceOverrideSettings): readonly PriceOverride[] {
  return Object.entries(settings).flatMap(([provider, models]) =>
    Object.entries(models).flatMap(([model, entries]) =>
      (isList(entries) ? entries : [entries]).map((entry) => readPriceOverride({ provider, model }, entry)),
    ),
  );
}

/** One override. Throws PriceDataError like `readPriceOverrides`. */
function readPriceOverride(
  { provider, model }: { readonly provider: string; readonly model: string },
  settings: DatedPriceSettings,
): PriceOverride {
  const path = `prices.${provider}.${model}`;
  const { from } = settings;
  const fromMs = from === undefined ? null : Date.parse(from);
  if (Number.isNaN(fromMs)) throw new PriceDataError(`${path}.from`, `${from} is no date`);
  const price = readModelPrice(settings, { path, version: from === undefined ? "override" : `override@${from}` });
  return { provider, model: model.toLowerCase(), fromMs, price };
}

/** The price that settings stand for, named `version`. Throws PriceDataError, its path beginning with `path`. */
export function readModelPrice(
  settings: PriceSettings,
  { path, version }: { readonly path: string; readonly version: string },
): ModelPrice {
  if (Object.keys(priceAmounts).every((name) => settings[name as keyof typeof priceAmounts] === undefined))
    throw new PriceDataError(path, "expected at least one price");
  return {
    version,
    base: readUnits(settings, path),
    longPrompts: [],
    serviceTiers: readTiers(settings.service_tiers ?? {}, path),
    reportedCostCounts: false,
    minimumAudioSeconds: 0,
  };
}

function readUnits(settings: PriceSettings, path: string): UnitPrices {
  const price = (name: keyof typeof priceAmounts): number | null => {
    const dollars = settings[name];
    if (dollars === undefined) return null;
    const pico = dollars <= MOST_DOLLARS ? scaledDecimal(dollars, priceAmounts[name]) : null;
    if (pico === null) throw new PriceDataError(`${path}.${name}`, `expected dollars from 0 to ${MOST_DOLLARS}`);
    return pico;
  };
  return {
    input: price("input_per_million") ?? 0,
    output: price("output_per_million") ?? 0,
    cacheRead: price("cache_read_per_million"),
    cacheWrite: price("cache_write_per_million"),
    cacheWrite1h: price("cache_write_1h_per_million"),
    inputAudio: price("input_audio_per_million"),
    inputImage: price("input_image_per_million"),
    inputVideo: price("input_video_per_million"),
    cacheReadAudio: price("cache_read_audio_per_million"),
    cacheReadImage: price("cache_read_image_per_million"),
    outputAudio: price("output_audio_per_million"),
    outputImage: price("output_image_per_million"),
    outputReasoning: price("output_reasoning_per_million"),
    request: price("per_request"),
    webSearch: price("per_web_search"),
    audioHour: price("per_audio_hour"),
  };
}

function readTiers(tiers: Readonly<Record<string, number>>, path: string): ReadonlyMap<string, Multiplier> {
  const entries = Object.entries(tiers).map(([tier, factor]): [string, Multiplier] => {
    const numerator = factor <= 100 ? scaledDecimal(factor, 6) : null;
    if (numerator === null)
      throw new PriceDataError(`${path}.service_tiers.${tier}`, "expected a factor from 0 to 100");
    return [tier.toLowerCase(), { numerator, denominator: FACTOR_DENOMINATOR }];
  });
  return new Map(entries);
}

function isList(entries: DatedPriceSettings | readonly DatedPriceSettings[]): entries is readonly DatedPriceSettings[] {
  return Array.isArray(entries);
}
