/** Prices of a model as an operator sets them, in US dollars; what is left out is not charged, or falls back as said. */
export interface PriceSettings {
  /** Per million prompt tokens; default 0. */
  readonly input_per_million?: number;
  /** Per million completion tokens; default 0. */
  readonly output_per_million?: number;
  /** Per million prompt tokens read from the provider's cache; default the input price. */
  readonly cache_read_per_million?: number;
  /** Per million prompt tokens written to the provider's cache; default the input price. */
  readonly cache_write_per_million?: number;
  /** The same when they are kept an hour; default the price of other cache writes. */
  readonly cache_write_1h_per_million?: number;
  /** Per million prompt tokens of audio, images, video; default the input price. */
  readonly input_audio_per_million?: number;
  readonly input_image_per_million?: number;
  readonly input_video_per_million?: number;
  /** Per million tokens of audio or images read from the cache; default the cache's price. */
  readonly cache_read_audio_per_million?: number;
  readonly cache_read_image_per_million?: number;
  /** Per million completion tokens of audio, images, reasoning; default the output price. */
  readonly output_audio_per_million?: number;
  readonly output_image_per_million?: number;
  readonly output_reasoning_per_million?: number;
  /** For every answered request. */
  readonly per_request?: number;
  /** For every web search the provider ran. */
  readonly per_web_search?: number;
  /** For an hour of audio, where the provider tells seconds. */
  readonly per_audio_hour?: number;
  /** Factors on token prices by the service tier an answer names, e.g. `{ flex: 0.5 }`; a tier left out is charged as the vendor's terms say, else in full. */
  readonly service_tiers?: Readonly<Record<string, number>>;
}

/** Prices with the time from which they hold: an ISO 8601 date (UTC) or instant; absent means since ever. */
export interface DatedPriceSettings extends PriceSettings {
  readonly from?: string;
}

/**
 * `prices` of the configuration: by provider slug, then by model. A model's key is its name, or a beginning of names with a closing `*`;
 * the longest key that fits counts. Several dated entries make a history: the latest that has begun counts.
 */
export type PriceOverrideSettings = Readonly<
  Record<string, Readonly<Record<string, DatedPriceSettings | readonly DatedPriceSettings[]>>>
>;
