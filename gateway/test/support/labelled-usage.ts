import type { TokenUsage } from "../../src/core/usage.ts";

/** A row of labelled usages: a provider's usage object with the counts and prices that others read from it. */
export interface LabelledUsage {
  readonly model?: string;
  readonly body: Readonly<Record<string, Record<string, unknown>>>;
  readonly extracted: readonly {
    readonly extractors: readonly {
      readonly provider_id: string;
      readonly api_flavor: string;
      /** Dollars as decimals; absent where the provider has no such model. */
      readonly input_price?: string;
      readonly output_price?: string;
    }[];
    readonly usage: Readonly<Record<string, number>>;
  }[];
}

/** The labels' names in our vocabulary. */
export const labelNames: Readonly<Record<string, keyof TokenUsage>> = {
  input_tokens: "inputTokens",
  input_text_tokens: "inputTextTokens",
  input_audio_tokens: "inputAudioTokens",
  input_image_tokens: "inputImageTokens",
  input_video_tokens: "inputVideoTokens",
  input_tool_tokens: "inputToolTokens",
  cache_read_tokens: "inputCachedTokens",
  cache_text_read_tokens: "inputCachedTextTokens",
  cache_audio_read_tokens: "inputCachedAudioTokens",
  cache_image_read_tokens: "inputCachedImageTokens",
  cache_video_read_tokens: "inputCachedVideoTokens",
  cache_write_tokens: "inputCacheCreationTokens",
  cache_write_5m_tokens: "inputCacheCreation5mTokens",
  cache_write_1h_tokens: "inputCacheCreation1hTokens",
  output_tokens: "outputTokens",
  output_text_tokens: "outputTextTokens",
  output_reasoning_tokens: "outputReasoningTokens",
  output_audio_tokens: "outputAudioTokens",
  output_image_tokens: "outputImageTokens",
  web_searches: "webSearches",
};

/** Labelled counts in our vocabulary. `input_text_tool_tokens` has no name there: it repeats `input_tool_tokens`. */
export function usageOfLabels(counts: Readonly<Record<string, number>>): TokenUsage {
  const usage: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) {
    const field = labelNames[name];
    if (field === undefined && name !== "input_text_tool_tokens")
      throw new Error(`a label of unknown meaning: ${name}`);
    if (field !== undefined) usage[field] = count;
  }
  return usage;
}
