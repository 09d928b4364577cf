import { followFile } from "../core/follow-file.ts";
import type { PriceOverrideSettings } from "../core/price-settings.ts";
import { overrideOfEntry } from "./override-of-entry.ts";
import type { PriceBook } from "./price-book.ts";
import { readPriceFile } from "./price-file.ts";
import { readPriceOverrides } from "./price-override.ts";
import { withOverrides } from "./with-overrides.ts";

/** What to follow. */
export interface PriceFileOptions {
  /** The price file; may be missing. */
  readonly path: string;
  /** Prices without any override. */
  readonly list: PriceBook;
  /** `prices` of the configuration; for a provider and model that it names, the file's entries do not count. */
  readonly settings: PriceOverrideSettings;
  /** Told once of each reason for which a file is not used; the book before it stays in use. */
  readonly onFault: (problem: string) => void;
}

/** The book in use. */
export interface LivePrices {
  readonly current: PriceBook;
  /** Takes a new file in now. */
  look(): void;
  stop(): void;
}

/**
 * Keeps a price book in step with a price file, from the first moment on.
 * Throws PriceDataError when `settings` are no prices.
 */
export function followPriceFile({ path, list, settings, onFault }: PriceFileOptions): LivePrices {
  const own = readPriceOverrides(settings);
  const ownKeys = new Set(own.map(keyOf));
  let current = withOverrides(list, own);
  const followed = followFile({
    path,
    take() {
      const entries = readPriceFile(path).map(overrideOfEntry);
      const set = entries.filter((override) => !ownKeys.has(keyOf(override)));
      current = withOverrides(list, [...own, ...set]);
    },
    onFault,
  });
  return {
    get current() {
      return current;
    },
    look: followed.look,
    stop: followed.stop,
  };
}

/** What overrides of one history have in common. */
function keyOf({ provider, model }: { readonly provider: string; readonly model: string }): string {
  return `${provider}\n${model}`;
}
