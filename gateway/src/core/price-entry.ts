import type { PriceSettings } from "./price-settings.ts";

/** A price somebody set through the API. Entries are kept for good and never changed: the list of all is the history. */
export interface PriceEntry {
  /** UUIDv7. */
  readonly id: string;
  /** Slug of the provider. */
  readonly provider: string;
  /** The model's name in lower case, or a beginning of names with a closing `*`. */
  readonly model: string;
  /** Unix milliseconds from which it holds; null for since ever. */
  readonly fromMs: number | null;
  /** Null withdraws the entries before it. */
  readonly settings: PriceSettings | null;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}
