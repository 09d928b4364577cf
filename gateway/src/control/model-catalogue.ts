import type { Clock } from "../core/clock.ts";
import type { CatalogueModel } from "../management/models/catalogue-model.ts";
import type { PriceBook } from "../prices/price-book.ts";
import { listedModels } from "../providers/listed-models.ts";
import type { CompiledProvider, ProviderRegistry } from "../providers/registry.ts";

/** What the catalogue is made of. */
export interface CatalogueSources {
  readonly providers: ProviderRegistry;
  readonly book: () => PriceBook;
  readonly clock: Clock;
}

const PICO_USD_PER_USD = 1e12;
const MILLION = 1e6;

/**
 * The models that the REST address takes, by the price list: those of the provider whose models need no prefix first. Made anew when
 * prices change.
 */
export function modelCatalogue({ providers, book, clock }: CatalogueSources): () => readonly CatalogueModel[] {
  let made: { readonly from: PriceBook; readonly models: readonly CatalogueModel[] } | null = null;
  return () => {
    const from = book();
    if (made?.from === from) return made.models;
    const models = [...new Set(providers.values())].flatMap((compiled) => modelsOf(compiled, from, clock.nowMs()));
    made = { from, models: models.toSorted((left, right) => rank(left) - rank(right)) };
    return made.models;
  };
}

function modelsOf(compiled: CompiledProvider, book: PriceBook, nowMs: number): CatalogueModel[] {
  const { slug, provider } = compiled;
  const priced = { slug, priceKey: provider.priceKey };
  return listedModels(compiled, book.models(priced)).flatMap((listed) => {
    if (listed.priced === null) return [];
    const own = listed.name.slice(slug.length + 1);
    const isBare = provider.compat?.bareModels?.test(own) === true;
    const name = isBare ? own : listed.name;
    const base = book.find(priced, listed.priced)?.at(nowMs)?.base ?? null;
    return [
      {
        name,
        author: name.split("/")[isBare ? 1 : 0] as string,
        inputPerMillion: perMillion(base?.input ?? null),
        outputPerMillion: perMillion(base?.output ?? null),
      },
    ];
  });
}

function perMillion(picoUsd: number | null): number | null {
  return picoUsd === null ? null : (picoUsd * MILLION) / PICO_USD_PER_USD;
}

/** Sorting keeps the order otherwise. */
function rank({ name }: CatalogueModel): number {
  return name.startsWith("@") ? 0 : 1;
}
