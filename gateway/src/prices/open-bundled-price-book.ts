import bundledPrices from "./generated/bundled-prices.json" with { type: "json" };
import { createPriceBook, type PriceBook } from "./price-book.ts";

/** The book this release ships. Nothing is fetched. */
export function openBundledPriceBook(): PriceBook {
  return createPriceBook(bundledPrices);
}
