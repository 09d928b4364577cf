import { checkPriceData } from "./check-price-data.ts";
import { compileModel } from "./compile-model.ts";
import { compileNameRule } from "./compile-name-rule.ts";
import type { FindPrice, PricedModel, PricedProvider } from "./model-price.ts";
import { modelSpellings } from "./model-spellings.ts";
import type { ModelPriceData, ProviderPriceData } from "./price-data.ts";
import { rememberLookups } from "./remember-lookups.ts";

/** Prices of all models at all times. A value: it does not change. */
export interface PriceBook {
  /** Names the book in records. */
  readonly version: string;
  /** Number of models with a price. */
  readonly modelCount: number;
  readonly find: FindPrice;
  /** Names of the models that have an entry under the provider itself; others may still be found under another vendor's. */
  readonly models: (provider: PricedProvider) => readonly string[];
}

type FindModel = (spelling: string) => PricedModel | null;

/** The book of a price list. Throws PriceDataError when the list cannot be used: every figure of it is checked. */
export function createPriceBook(list: unknown): PriceBook {
  const data = checkPriceData(list);
  const providers = new Map(Object.entries(data.providers));
  const finders = new Map<string, FindModel>();
  /** Made when first asked for: most vendors are never asked for. */
  const finderOf = (priceKey: string): FindModel => {
    const known = finders.get(priceKey);
    if (known !== undefined) return known;
    const provider = providers.get(priceKey);
    const finder = provider === undefined ? () => null : createFinder(provider, data.version);
    finders.set(priceKey, finder);
    return finder;
  };
  return {
    version: data.version,
    modelCount: [...providers.values()].reduce((sum, { models }) => sum + models.length, 0),
    find: rememberLookups(({ priceKey }, model) => {
      const provider = priceKey === null ? undefined : providers.get(priceKey);
      if (priceKey === null || provider === undefined) return null;
      for (const spelling of modelSpellings(model)) {
        for (const key of [priceKey, ...(provider.fallback ?? [])]) {
          const found = finderOf(key)(spelling);
          if (found !== null) return found;
        }
      }
      return null;
    }),
    models: ({ priceKey }) => (priceKey === null ? [] : (providers.get(priceKey)?.models ?? []).map(({ id }) => id)),
  };
}

function createFinder(provider: ProviderPriceData, version: string): FindModel {
  const models = provider.models.map((model) => ({ fits: compileNameRule(model.match), model }));
  const compiled = new Map<ModelPriceData, PricedModel>();
  return (spelling) => {
    const model = models.find(({ fits }) => fits(spelling))?.model;
    if (model === undefined) return null;
    const priced = compiled.get(model) ?? compileModel(model, provider, version);
    compiled.set(model, priced);
    return priced;
  };
}
