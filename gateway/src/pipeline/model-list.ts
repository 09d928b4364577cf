import type { Clock } from "../core/clock.ts";
import type { PriceBook } from "../prices/price-book.ts";
import type { ModelPrice, PricedProvider } from "../prices/model-price.ts";
import { listedModels } from "../providers/listed-models.ts";
import type { CompiledProvider, ProviderRegistry } from "../providers/registry.ts";

/** What the list is made of. */
export interface ModelListSources {
  readonly providers: ProviderRegistry;
  readonly prices: PriceBook;
}

/** Makes the body of `GET …/compat/models`, again only when something it says has changed. */
export type MakeModelList = (sources: ModelListSources) => Buffer;

/** Prices may begin on a day or at an hour; a list is made anew that often. */
const LIST_LIFETIME_MS = 60_000;
const PICO_USD_PER_USD = 1e12;

/** Opens the list of models. What it remembers of a registry goes with the registry. */
export function createModelList(clock: Clock): MakeModelList {
  const made = new WeakMap<ProviderRegistry, { readonly prices: PriceBook; readonly madeAtMs: number; body: Buffer }>();
  return ({ providers, prices }) => {
    const nowMs = clock.nowMs();
    const known = made.get(providers);
    if (known !== undefined && known.prices === prices && nowMs < known.madeAtMs + LIST_LIFETIME_MS) return known.body;
    const body = Buffer.from(JSON.stringify({ object: "list", data: rows(providers, prices, nowMs) }));
    made.set(providers, { prices, madeAtMs: nowMs, body });
    return body;
  };
}

/** One model (reference §1.7). `created` is what the vendor's types want; when a model was made is not known. */
interface ModelRow {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly created_at: number;
  /** USD for one token; null when it is not known, or not charged by tokens. */
  readonly cost_in: number | null;
  readonly cost_out: number | null;
  readonly owned_by: string;
}

function rows(providers: ProviderRegistry, prices: PriceBook, nowMs: number): readonly ModelRow[] {
  return [...new Set(providers.values())].flatMap((compiled) => {
    const provider = pricedProvider(compiled);
    return listedModels(compiled, prices.models(provider)).map(({ priced, name }): ModelRow => {
      const price = priced === null ? null : (prices.find(provider, priced)?.at(nowMs) ?? null);
      return {
        id: name,
        object: "model",
        created: 0,
        created_at: 0,
        cost_in: usdPerToken(price, "input"),
        cost_out: usdPerToken(price, "output"),
        owned_by: compiled.slug,
      };
    });
  });
}

function pricedProvider({ slug, provider }: CompiledProvider): PricedProvider {
  return { slug, priceKey: provider.priceKey };
}

function usdPerToken(price: ModelPrice | null, unit: "input" | "output"): number | null {
  const picoUsd = price?.base[unit] ?? null;
  if (picoUsd !== null) return picoUsd / PICO_USD_PER_USD;
  const isFree = price !== null && Object.values(price.base).every((amount) => amount === null);
  return isFree ? 0 : null;
}
