import type { Multiplier } from "../core/money.ts";

/** Whole pico-USD for one unit; null where the unit has no price of its own and falls back to a wider one. */
export interface UnitPrices {
  /** Null only for models that are not charged by tokens. */
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly cacheWrite1h: number | null;
  readonly inputAudio: number | null;
  readonly inputImage: number | null;
  readonly inputVideo: number | null;
  readonly cacheReadAudio: number | null;
  readonly cacheReadImage: number | null;
  readonly outputAudio: number | null;
  readonly outputImage: number | null;
  readonly outputReasoning: number | null;
  readonly request: number | null;
  readonly webSearch: number | null;
  /** For an hour. */
  readonly audioHour: number | null;
}

/** What a model costs at one moment. */
export interface ModelPrice {
  /** The price book or override this is from, as records name it. */
  readonly version: string;
  readonly base: UnitPrices;
  /** Prices of the whole request once its prompt is longer, by rising length. */
  readonly longPrompts: readonly { readonly aboveInputTokens: number; readonly prices: UnitPrices }[];
  /** Factors on token prices by service tier; a tier that is not here is charged in full. */
  readonly serviceTiers: ReadonlyMap<string, Multiplier>;
  /** Whether the vendor's own word on a cost goes before this price. */
  readonly reportedCostCounts: boolean;
  /** Audio is charged as at least this long. */
  readonly minimumAudioSeconds: number;
}

/** What a model costs, for all times. */
export interface PricedModel {
  /** The price at a moment (Unix milliseconds); null when the model had none then. */
  at(atMs: number): ModelPrice | null;
}

/** Who was asked, as far as prices go. */
export interface PricedProvider {
  /** Slug, by which overrides are set. */
  readonly slug: string;
  /** The provider's name in the price list; null for providers that are not on it. */
  readonly priceKey: string | null;
}

/** The prices of a model as its provider or a client writes its name; null when none are known. */
export type FindPrice = (provider: PricedProvider, model: string) => PricedModel | null;
