import type { UsageRules } from "./dialect.ts";

/**
 * Usage as the OpenAI platform and its look-alikes tell it: chat, completions, embeddings, Responses, audio and image endpoints.
 * `prompt_tokens` and `input_tokens` include what was cached.
 * Sources: platform.openai.com/docs/api-reference (objects `CompletionUsage`, `ResponseUsage`), the vendors' own pages for their extra members.
 */
export const openaiUsage: UsageRules = {
  at: ["x_groq.usage", "usage", "response.usage"],
  merge: "last",
  counts: {
    inputTokens: [["prompt_tokens", "input_tokens"]],
    outputTokens: [["completion_tokens", "output_tokens"]],
    totalTokens: [["total_tokens"]],
    inputTextTokens: inputDetail("text_tokens"),
    inputAudioTokens: inputDetail("audio_tokens", "audio_prompt_tokens"),
    inputImageTokens: inputDetail("image_tokens"),
    inputVideoTokens: inputDetail("video_tokens"),
    inputCachedTokens: inputDetail(
      "cached_tokens",
      "prompt_cache_hit_tokens",
      "cached_tokens",
      "cache_read_input_tokens",
    ),
    inputCachedTextTokens: inputDetail("cached_tokens_details.text_tokens"),
    inputCachedAudioTokens: inputDetail("cached_tokens_details.audio_tokens"),
    inputCachedImageTokens: inputDetail("cached_tokens_details.image_tokens"),
    inputCacheCreationTokens: inputDetail("cache_write_tokens", "cache_creation_input_tokens"),
    inputCacheCreation5mTokens: [["cache_creation.ephemeral_5m_input_tokens"]],
    inputCacheCreation1hTokens: [["cache_creation.ephemeral_1h_input_tokens"]],
    outputTextTokens: outputDetail("text_tokens"),
    outputReasoningTokens: outputDetail("reasoning_tokens", "reasoning_tokens"),
    outputAudioTokens: outputDetail("audio_tokens"),
    outputImageTokens: outputDetail("image_tokens"),
    webSearches: [
      [
        "server_tool_use.web_search_requests",
        "server_tool_use_details.web_search_requests",
        "server_side_tool_usage_details.web_search_calls",
        "num_search_queries",
      ],
    ],
    audioSeconds: [["seconds", "prompt_audio_seconds"]],
  },
  serviceTier: ["service_tier"],
  serviceTierInBody: ["response.service_tier", "service_tier"],
  reportedCost: [
    { path: "cost", nanoUsdPerUnit: 1e9 },
    { path: "cost.total_cost", nanoUsdPerUnit: 1e9 },
    { path: "cost_in_usd_ticks", nanoUsdPerUnit: 0.1 },
  ],
  reasoningMayBeApart: true,
};

/** One number of the input details under each name that object goes by, then `others` beside it. */
function inputDetail(name: string, ...others: readonly string[]): string[][] {
  const objects = ["prompt_tokens_details", "input_tokens_details", "input_token_details", "prompt_token_details"];
  return [[...objects.map((object) => `${object}.${name}`), ...others]];
}

function outputDetail(name: string, ...others: readonly string[]): string[][] {
  const objects = [
    "completion_tokens_details",
    "output_tokens_details",
    "output_token_details",
    "completion_token_details",
  ];
  return [[...objects.map((object) => `${object}.${name}`), ...others]];
}
