import type { ModelPrice, PricedModel } from "./model-price.ts";
import type { PriceBook } from "./price-book.ts";
import type { PriceOverride } from "./price-override.ts";
import { rememberLookups } from "./remember-lookups.ts";

/**
 * A book in which `overrides` come before the prices of `book`. For a model, the longest key that fits its name counts; of that key's overrides the one
 * that began last, and of several that began at the same time the last in the list. Before the first one begins, and after a withdrawal, `book` counts.
 */
export function withOverrides(book: PriceBook, overrides: readonly PriceOverride[]): PriceBook {
  if (overrides.length === 0) return book;
  const byProvider = Map.groupBy(overrides, ({ provider }) => provider);
  return {
    version: book.version,
    modelCount: book.modelCount,
    models(provider) {
      const listed = book.models(provider);
      const known = new Set(listed.map((id) => id.toLowerCase()));
      const set = new Set((byProvider.get(provider.slug) ?? []).map(({ model }) => model));
      return [...listed, ...[...set].filter((model) => !model.endsWith("*") && !known.has(model))];
    },
    find: rememberLookups((provider, model) => {
      const history = findHistory(byProvider.get(provider.slug) ?? [], model.trim().toLowerCase());
      const listed = book.find(provider, model);
      return history.length === 0 ? listed : overridden(history, listed);
    }),
  };
}

/** The overrides of the longest key that fits, earliest first. */
function findHistory(overrides: readonly PriceOverride[], name: string): readonly PriceOverride[] {
  const fitting = overrides.filter(({ model }) => fits(model, name));
  const longest = Math.max(...fitting.map(({ model }) => specificity(model)));
  return fitting
    .filter(({ model }) => specificity(model) === longest)
    .toSorted((a, b) => (a.fromMs ?? -Infinity) - (b.fromMs ?? -Infinity) || 0);
}

function fits(key: string, name: string): boolean {
  return key.endsWith("*") ? name.startsWith(key.slice(0, -1)) : name === key;
}

/** A whole name is closer than any beginning. */
function specificity(key: string): number {
  return key.endsWith("*") ? key.length : Number.MAX_SAFE_INTEGER;
}

function overridden(history: readonly PriceOverride[], listed: PricedModel | null): PricedModel {
  return {
    at(atMs): ModelPrice | null {
      const begun = history.findLast(({ fromMs }) => fromMs === null || fromMs <= atMs);
      const own = listed?.at(atMs) ?? null;
      if (begun === undefined || begun.price === null) return own;
      return begun.price.serviceTiers.size > 0 || own === null
        ? begun.price
        : { ...begun.price, serviceTiers: own.serviceTiers };
    },
  };
}
