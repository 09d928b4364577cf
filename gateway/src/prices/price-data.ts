/** How a model's name is recognised; texts are compared in lower case. */
export type NameRule =
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly or: readonly NameRule[] }
  | { readonly and: readonly NameRule[] };

/** Dollars per unit, or other dollars for the whole request once its prompt has more than `start` tokens. */
export type PriceFigure =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/** Units of the price data that usage can be charged by, and the power of ten that turns their dollars into pico-USD for one. */
export const priceUnits = {
  input_mtok: 6,
  output_mtok: 6,
  cache_read_mtok: 6,
  cache_write_mtok: 6,
  cache_write_1h_mtok: 6,
  input_audio_mtok: 6,
  cache_audio_read_mtok: 6,
  input_image_mtok: 6,
  cache_image_read_mtok: 6,
  input_video_mtok: 6,
  output_audio_mtok: 6,
  output_image_mtok: 6,
  output_reasoning_mtok: 6,
  requests_kcount: 9,
  web_searches_kcount: 9,
  /** Kept as pico-USD for an hour, since a second's price may have no end of digits. */
  audio_hours: 12,
} as const;

/** What a price is for. */
export type PriceUnit = keyof typeof priceUnits;

/** Prices of a model; an empty object is a model that is free. */
export type PriceFigures = Readonly<Partial<Record<PriceUnit, PriceFigure>>>;

/** Prices that hold from a day on (UTC), or within a time of each day; without either, unless another entry holds. */
export interface DatedPriceFigures {
  readonly from?: string;
  /** Start and end of day, as seconds since midnight UTC; an end before the start runs over midnight. */
  readonly daily?: readonly [start: number, end: number];
  readonly prices: PriceFigures;
}

/** A model of the list: by which names it is known, and what it cost when. */
export interface ModelPriceData {
  readonly id: string;
  readonly match: NameRule;
  /** The last entry that holds counts; the first when none does. Empty for a model that is known to have no known price. */
  readonly prices: readonly DatedPriceFigures[];
  /** Audio is charged as at least this many seconds. */
  readonly minimum_audio_seconds?: number;
}

/** A factor on token prices, as a fraction. `names`, when given, are the ids of the models it is limited to; the first entry that fits counts. */
export interface ServiceTierTerm {
  readonly tier: string;
  readonly factor: readonly [numerator: number, denominator: number];
  readonly names?: readonly string[];
}

/** A provider of the list. */
export interface ProviderPriceData {
  /** Price keys of providers whose models are looked up when none here fits. */
  readonly fallback?: readonly string[];
  readonly service_tiers?: readonly ServiceTierTerm[];
  /** True where the list can only give an upper bound, so that the vendor's own word on a cost goes before it. */
  readonly reported_cost_counts?: boolean;
  /** The first whose rule fits a name counts. */
  readonly models: readonly ModelPriceData[];
}

/** A price list, as kept in `generated/bundled-prices.json`. */
export interface PriceData {
  readonly format: 1;
  /** Names this list in records. */
  readonly version: string;
  readonly providers: Readonly<Record<string, ProviderPriceData>>;
}

/** Why a price list cannot be used; `path` leads to the fault. */
export class PriceDataError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.name = "PriceDataError";
    this.path = path;
  }
}
