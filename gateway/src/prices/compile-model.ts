import { scaledDecimal, type Multiplier } from "../core/money.ts";
import type { ModelPrice, PricedModel, UnitPrices } from "./model-price.ts";
import {
  PriceDataError,
  priceUnits,
  type DatedPriceFigures,
  type ModelPriceData,
  type PriceFigures,
  type PriceUnit,
  type ProviderPriceData,
  type ServiceTierTerm,
} from "./price-data.ts";

interface Period {
  readonly fromMs: number | null;
  readonly daily: readonly [start: number, end: number] | null;
  readonly price: ModelPrice;
}

const DAY_SECONDS = 86_400;

/** A model's prices in whole pico-USD, ready to be asked. Throws PriceDataError for figures that cannot be. */
export function compileModel(model: ModelPriceData, provider: ProviderPriceData, version: string): PricedModel {
  const shared = {
    version,
    serviceTiers: tiersOf(model.id, provider.service_tiers ?? []),
    reportedCostCounts: provider.reported_cost_counts ?? false,
    minimumAudioSeconds: model.minimum_audio_seconds ?? 0,
  };
  const periods = model.prices.map((entry) => compilePeriod(entry, shared));
  const [only] = periods;
  if (only === undefined) return { at: () => null };
  if (periods.length === 1) return { at: () => only.price };
  const latestFirst = periods.toReversed();
  return { at: (atMs) => (latestFirst.find((period) => holdsAt(period, atMs)) ?? only).price };
}

function compilePeriod(entry: DatedPriceFigures, shared: Omit<ModelPrice, "base" | "longPrompts">): Period {
  const starts = new Set<number>();
  for (const figure of Object.values(entry.prices))
    if (typeof figure === "object") for (const tier of figure.tiers) starts.add(tier.start);
  const price: ModelPrice = {
    ...shared,
    base: unitPrices(entry.prices, 0),
    longPrompts: [...starts]
      .toSorted((a, b) => a - b)
      .map((start) => ({ aboveInputTokens: start, prices: unitPrices(entry.prices, start + 1) })),
  };
  return { fromMs: entry.from === undefined ? null : Date.parse(entry.from), daily: entry.daily ?? null, price };
}

function holdsAt({ fromMs, daily }: Period, atMs: number): boolean {
  if (fromMs !== null && atMs < fromMs) return false;
  if (daily === null) return true;
  const [start, end] = daily;
  const second = (atMs / 1000) % DAY_SECONDS;
  return start <= end ? second >= start && second < end : second >= start || second < end;
}

function unitPrices(figures: PriceFigures, inputTokens: number): UnitPrices {
  const price = (unit: PriceUnit) => picoUsd(figures, unit, inputTokens);
  const input = price("input_mtok");
  const isFree = Object.keys(figures).length === 0;
  return {
    input: isFree ? 0 : input,
    // Embeddings and the like are charged for what goes in only.
    output: price("output_mtok") ?? (isFree || input !== null ? 0 : null),
    cacheRead: price("cache_read_mtok"),
    cacheWrite: price("cache_write_mtok"),
    cacheWrite1h: price("cache_write_1h_mtok"),
    inputAudio: price("input_audio_mtok"),
    inputImage: price("input_image_mtok"),
    inputVideo: price("input_video_mtok"),
    cacheReadAudio: price("cache_audio_read_mtok"),
    cacheReadImage: price("cache_image_read_mtok"),
    outputAudio: price("output_audio_mtok"),
    outputImage: price("output_image_mtok"),
    outputReasoning: price("output_reasoning_mtok"),
    request: price("requests_kcount"),
    webSearch: price("web_searches_kcount"),
    audioHour: price("audio_hours"),
  };
}

function picoUsd(figures: PriceFigures, unit: PriceUnit, inputTokens: number): number | null {
  const figure = figures[unit];
  if (figure === undefined) return null;
  let dollars = typeof figure === "number" ? figure : figure.base;
  if (typeof figure === "object") for (const { start, price } of figure.tiers) if (inputTokens > start) dollars = price;
  const pico = scaledDecimal(dollars, priceUnits[unit]);
  if (pico === null) throw new PriceDataError(unit, `${dollars} is no price`);
  return pico;
}

function tiersOf(id: string, terms: readonly ServiceTierTerm[]): ReadonlyMap<string, Multiplier> {
  const tiers = new Map<string, Multiplier>();
  for (const { tier, factor, names } of terms) {
    if (tiers.has(tier) || names?.includes(id) === false) continue;
    tiers.set(tier, { numerator: factor[0], denominator: factor[1] });
  }
  return tiers;
}
