import type { ExchangeCost } from "../core/exchange.ts";
import { sumCharges, type Multiplier } from "../core/money.ts";
import type { TokenUsage } from "../core/usage.ts";
import { chargeUsage } from "./charge-usage.ts";
import { customCostOf, type CustomCost } from "./custom-cost.ts";
import type { ModelPrice, PricedProvider } from "./model-price.ts";
import type { PriceBook } from "./price-book.ts";

/** `priceVersion` of costs that are the vendor's own word, since the book had no price. */
const REPORTED_VERSION = "reported";

/** One answered attempt, as far as its cost goes. Attempts without a 2xx answer and answers from the cache cost nothing and are not asked about. */
export interface MeteredAnswer {
  readonly provider: PricedProvider;
  /** Names of the model, the most telling first: as the answer named it, then as it was asked for. Nulls are passed over. */
  readonly models: readonly (string | null)[];
  readonly usage: TokenUsage | null;
  /** When the request was made; Unix milliseconds. */
  readonly atMs: number;
  /** The client's own prices; null when it sent none. */
  readonly customCost: CustomCost | null;
}

/** Nothing was paid, or nothing is known of it. */
export const noCost: ExchangeCost = { state: "none", nanoUsd: null, priceVersion: null };
const unpriced: ExchangeCost = { state: "unpriced", nanoUsd: null, priceVersion: null };
const inFull: Multiplier = { numerator: 1, denominator: 1 };

/**
 * What an answer cost. The client's own prices come first, then the book's for the first of the models' names it knows, then what the vendor said it
 * cost; where the book's price is only a bound, the vendor's word goes before it. Usage that nothing of this prices is `unpriced`.
 */
export function costOf(book: PriceBook, answer: MeteredAnswer): ExchangeCost {
  const { customCost, usage } = answer;
  const custom = customCost === null ? null : customCostOf(customCost, usage);
  if (custom !== null) return { state: "custom", nanoUsd: custom, priceVersion: null };
  if (usage === null || isNothing(usage)) return noCost;
  const price = findPrice(book, answer);
  const reported = usage.reportedCostNanoUsd ?? null;
  const nanoUsd = price === null || (price.reportedCostCounts && reported !== null) ? null : priceUsage(price, usage);
  if (price !== null && nanoUsd !== null) return { state: "priced", nanoUsd, priceVersion: price.version };
  return reported === null ? unpriced : { state: "priced", nanoUsd: reported, priceVersion: REPORTED_VERSION };
}

/** The price of the first of an answer's models that has one at its time; null when none has. */
function findPrice(book: PriceBook, { provider, models, atMs }: MeteredAnswer): ModelPrice | null {
  for (const model of models) {
    const price = model === null ? null : (book.find(provider, model)?.at(atMs) ?? null);
    if (price !== null) return price;
  }
  return null;
}

/** Nano-USD of `usage` at `price`; null when it used something that has no price. */
function priceUsage(price: ModelPrice, usage: TokenUsage): number | null {
  const charges = chargeUsage(price, usage);
  if (charges === null) return null;
  const tier = usage.serviceTier === undefined ? undefined : price.serviceTiers.get(usage.serviceTier.toLowerCase());
  return sumCharges({ scaled: [...charges.input, ...charges.output], unscaled: charges.fees }, tier ?? inFull);
}

function isNothing(usage: TokenUsage): boolean {
  const { inputTokens = 0, outputTokens = 0, webSearches = 0, audioSeconds = 0, reportedCostNanoUsd = 0 } = usage;
  return inputTokens + outputTokens + webSearches + audioSeconds + reportedCostNanoUsd === 0;
}
