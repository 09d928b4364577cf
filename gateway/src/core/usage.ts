/**
 * What a provider said an answer consumed, in one vocabulary for all dialects. Counts are whole tokens.
 * A member is absent when the provider said nothing about it; absent is not zero.
 */
export interface TokenUsage {
  /** All prompt tokens, cached ones included, whatever the vendor's own convention. */
  readonly inputTokens?: number;
  /** All completion tokens, reasoning included. */
  readonly outputTokens?: number;
  /** The vendor's own total, not our sum. */
  readonly totalTokens?: number;
  readonly inputTextTokens?: number;
  readonly inputAudioTokens?: number;
  readonly inputImageTokens?: number;
  readonly inputVideoTokens?: number;
  /** Prompt tokens spent on results of tools that the provider ran itself. */
  readonly inputToolTokens?: number;
  /** Prompt tokens read from the provider's cache; part of `inputTokens`. */
  readonly inputCachedTokens?: number;
  readonly inputCachedTextTokens?: number;
  readonly inputCachedAudioTokens?: number;
  readonly inputCachedImageTokens?: number;
  readonly inputCachedVideoTokens?: number;
  /** Prompt tokens written to the provider's cache, all lifetimes together; part of `inputTokens`. */
  readonly inputCacheCreationTokens?: number;
  /** The part of `inputCacheCreationTokens` kept five minutes. */
  readonly inputCacheCreation5mTokens?: number;
  /** The part of `inputCacheCreationTokens` kept one hour. */
  readonly inputCacheCreation1hTokens?: number;
  readonly outputTextTokens?: number;
  readonly outputReasoningTokens?: number;
  readonly outputAudioTokens?: number;
  readonly outputImageTokens?: number;
  /** Web searches the provider ran for this answer. */
  readonly webSearches?: number;
  /** Seconds of audio billed by transcription models. */
  readonly audioSeconds?: number;
  /** The vendor's service tier as it names it: `standard`, `priority`, `flex`, `batch` … */
  readonly serviceTier?: string;
  /** What the vendor itself says the answer cost, in nano-USD (10⁻⁹ US dollars). */
  readonly reportedCostNanoUsd?: number;
}
