import type { Charge } from "../core/money.ts";
import type { TokenUsage } from "../core/usage.ts";
import type { ModelPrice, UnitPrices } from "./model-price.ts";

/** What usage is charged, by what it is charged for. */
export interface UsageCharges {
  readonly input: readonly Charge[];
  readonly output: readonly Charge[];
  /** Calls, web searches, audio by its length: no service tier changes these. */
  readonly fees: readonly Charge[];
}

const HOUR_MS = 3_600_000;

/**
 * The charges of `usage` at `price`; null when it used something that has no price. Every token is charged once, under the narrowest price there is:
 * parts that add up to more than their total are cut to it, so a vendor's slip never makes a charge larger or negative.
 */
export function chargeUsage(price: ModelPrice, usage: TokenUsage): UsageCharges | null {
  const prices = pricesFor(price, usage.inputTokens ?? 0);
  const fees = feeCharges(prices, usage, price.minimumAudioSeconds);
  const input = inputCharges(prices, usage);
  const output = outputCharges(prices, usage);
  const isUncovered = lacksPrice(prices.input, usage.inputTokens) || lacksPrice(prices.output, usage.outputTokens);
  // Audio charged by its length may come with counts of tokens that are for information only.
  if (isUncovered && fees.length === 0) return null;
  return { input, output, fees };
}

function lacksPrice(price: number | null, count: number | undefined): boolean {
  return price === null && count !== undefined && count > 0;
}

function pricesFor({ base, longPrompts }: ModelPrice, inputTokens: number): UnitPrices {
  let prices = base;
  for (const step of longPrompts) if (inputTokens > step.aboveInputTokens) prices = step.prices;
  return prices;
}

function inputCharges(prices: UnitPrices, usage: TokenUsage): readonly Charge[] {
  const charges: Charge[] = [];
  const take = takeFrom(usage.inputTokens ?? 0, charges);
  const cached = usage.inputCachedTokens ?? 0;
  const cachedAudio = Math.min(usage.inputCachedAudioTokens ?? 0, cached);
  const cachedImage = Math.min(usage.inputCachedImageTokens ?? 0, cached - cachedAudio);
  const hasCachePrice = prices.cacheRead !== null;
  if (hasCachePrice) {
    take(cachedAudio, prices.cacheReadAudio ?? prices.cacheRead);
    take(cachedImage, prices.cacheReadImage ?? prices.cacheRead);
    take(cached - cachedAudio - cachedImage, prices.cacheRead);
  }
  if (prices.cacheWrite !== null) {
    const written = usage.inputCacheCreationTokens ?? 0;
    const writtenForAnHour = Math.min(usage.inputCacheCreation1hTokens ?? 0, written);
    take(writtenForAnHour, prices.cacheWrite1h ?? prices.cacheWrite);
    take(written - writtenForAnHour, prices.cacheWrite);
  }
  take((usage.inputAudioTokens ?? 0) - (hasCachePrice ? cachedAudio : 0), prices.inputAudio);
  take((usage.inputImageTokens ?? 0) - (hasCachePrice ? cachedImage : 0), prices.inputImage);
  take((usage.inputVideoTokens ?? 0) - (hasCachePrice ? (usage.inputCachedVideoTokens ?? 0) : 0), prices.inputVideo);
  take(Number.POSITIVE_INFINITY, prices.input);
  return charges;
}

function outputCharges(prices: UnitPrices, usage: TokenUsage): readonly Charge[] {
  const charges: Charge[] = [];
  const take = takeFrom(usage.outputTokens ?? 0, charges);
  take(usage.outputAudioTokens ?? 0, prices.outputAudio);
  take(usage.outputImageTokens ?? 0, prices.outputImage);
  take(usage.outputReasoningTokens ?? 0, prices.outputReasoning);
  take(Number.POSITIVE_INFINITY, prices.output);
  return charges;
}

/** Takes counts out of a total, never more than is left of it; what has no price stays in for a wider one. */
function takeFrom(total: number, charges: Charge[]): (count: number, picoUsd: number | null) => void {
  let rest = total;
  return (wanted, picoUsd) => {
    const count = Math.min(wanted, rest);
    if (picoUsd === null || !(count > 0)) return;
    rest -= count;
    charges.push({ count, picoUsd, per: 1 });
  };
}

function feeCharges(prices: UnitPrices, usage: TokenUsage, minimumAudioSeconds: number): readonly Charge[] {
  const charges: Charge[] = [];
  const { webSearches = 0, audioSeconds = 0 } = usage;
  if (prices.request !== null) charges.push({ count: 1, picoUsd: prices.request, per: 1 });
  if (prices.webSearch !== null && webSearches > 0)
    charges.push({ count: webSearches, picoUsd: prices.webSearch, per: 1 });
  if (prices.audioHour !== null && audioSeconds > 0) {
    const durationMs = Math.round(Math.max(audioSeconds, minimumAudioSeconds) * 1000);
    charges.push({ count: durationMs, picoUsd: prices.audioHour, per: HOUR_MS });
  }
  return charges;
}
