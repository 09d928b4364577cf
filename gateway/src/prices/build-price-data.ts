import { waitForUpdate, type ConditionalPrice, type ModelInfo, type Provider } from "@pydantic/genai-prices";
import {
  priceUnits,
  type DatedPriceFigures,
  type ModelPriceData,
  type PriceData,
  type PriceFigures,
  type ProviderPriceData,
  type ServiceTierTerm,
} from "./price-data.ts";
import vendorTerms from "./vendor-terms.json" with { type: "json" };

/** What vendors publish and the package has no place for; by price key, then by model id. */
interface VendorTerms {
  readonly serviceTiers: Readonly<Record<string, readonly ServiceTierTerm[]>>;
  /** Models listed without a price because they have none to pay; others without a price are unpriced. */
  readonly freeModels: Readonly<Record<string, readonly string[]>>;
  /** Vendors whose fees depend on what the list does not know. */
  readonly reportedCostCounts: readonly string[];
  readonly minimumAudioSeconds: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const terms = vendorTerms as unknown as VendorTerms;

/**
 * The price list of the installed `@pydantic/genai-prices` of that version, reduced to what can be charged, with the vendors' terms added.
 * Reads the list the package ships; nothing is fetched.
 */
export async function buildPriceData(packageVersion: string): Promise<PriceData> {
  const providers = (await waitForUpdate()) ?? [];
  return {
    format: 1,
    version: `genai-prices-${packageVersion}`,
    providers: Object.fromEntries(providers.map((provider) => [provider.id, buildProvider(provider)])),
  };
}

function buildProvider(provider: Provider): ProviderPriceData {
  const serviceTiers = terms.serviceTiers[provider.id];
  const models = provider.models.map((model) => buildModel(model, provider.id));
  return {
    ...(provider.fallback_model_providers === undefined ? {} : { fallback: provider.fallback_model_providers }),
    ...(serviceTiers === undefined ? {} : { service_tiers: serviceTiers }),
    ...(terms.reportedCostCounts.includes(provider.id) ? { reported_cost_counts: true } : {}),
    models,
  };
}

function buildModel(model: ModelInfo, providerId: string): ModelPriceData {
  const isFree = model.id.endsWith(":free") || terms.freeModels[providerId]?.includes(model.id) === true;
  const entries: readonly ConditionalPrice[] = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  const prices = entries.map((entry) => buildEntry(entry));
  const isPriced = isFree || prices.every((entry) => Object.keys(entry.prices).length > 0);
  const minimum = terms.minimumAudioSeconds[providerId]?.[model.id];
  return {
    id: model.id,
    match: model.match,
    prices: isPriced ? prices : [],
    ...(minimum === undefined ? {} : { minimum_audio_seconds: minimum }),
  };
}

function buildEntry({ constraint, prices }: ConditionalPrice): DatedPriceFigures {
  const figures = Object.fromEntries(
    Object.entries(prices).filter(([unit]) => Object.hasOwn(priceUnits, unit)),
  ) as PriceFigures;
  if (constraint === undefined) return { prices: figures };
  if (constraint.type === "start_date") return { from: constraint.start_date, prices: figures };
  return { daily: [secondOfDay(constraint.start_time), secondOfDay(constraint.end_time)], prices: figures };
}

/** Of a time such as `16:30:00Z`. */
function secondOfDay(time: string): number {
  const [, hours, minutes, seconds] = /^(\d\d):(\d\d):(\d\d)Z$/.exec(time) ?? [];
  if (seconds === undefined) throw new Error(`A price holds from ${time}, which is no time of day in UTC`);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
