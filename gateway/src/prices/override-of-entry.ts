import type { PriceEntry } from "../core/price-entry.ts";
import { readModelPrice, type PriceOverride } from "./price-override.ts";

const VERSION_START = "api@";

/** What an entry of the API means for a price book. Its price is named `api@` and the entry's id. Throws PriceDataError when its settings are no price. */
export function overrideOfEntry({ id, provider, model, fromMs, settings }: PriceEntry): PriceOverride {
  const price = settings === null ? null : readModelPrice(settings, { path: id, version: `${VERSION_START}${id}` });
  return { provider, model, fromMs, price };
}

/** Where a price comes from by its version: the price list, the configuration file, or the API, then with the id of the entry. */
export function priceSource(version: string): {
  readonly source: "list" | "file" | "api";
  readonly entryId: string | null;
} {
  if (version.startsWith(VERSION_START)) return { source: "api", entryId: version.slice(VERSION_START.length) };
  const isFile = version === "override" || version.startsWith("override@");
  return { source: isFile ? "file" : "list", entryId: null };
}
