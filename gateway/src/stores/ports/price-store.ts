import type { PriceEntry } from "../../core/price-entry.ts";

/** Where prices set through the API are kept. Methods reject with `PriceStoreUnavailable` when the store is away or full. */
export interface PriceStore {
  /** Every entry ever added, in the order they were added. */
  list(): Promise<readonly PriceEntry[]>;
  /** Adds an entry behind all others. One whose id is there already is refused with an error. */
  add(entry: PriceEntry): Promise<void>;
}

/** Nothing of the call was done; it may be made again. */
export class PriceStoreUnavailable extends Error {
  override readonly name = "PriceStoreUnavailable";
}
