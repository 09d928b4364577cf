import type { ExchangeRecord } from "../../core/exchange.ts";
import { usdFromNano } from "../../core/money.ts";
import type { TokenUsage } from "../../core/usage.ts";
import type { StoredLog } from "../../stores/ports/log-store.ts";

/** What a row is made of; a live row has no body flags yet. */
export type RowSource = Pick<StoredLog, "record" | "modelType" | "feedback" | "score">;

/**
 * A log as the list shows it: both tables of reference §10.2, then members of our own (`request_id` and below). Times are in
 * whole milliseconds, `cost` is in US dollars and null while the model has no price.
 */
export function logRow({ record, modelType, feedback, score }: RowSource): Record<string, unknown> {
  const isHit = record.cacheStatus === "HIT";
  return {
    id: record.id,
    event_id: record.eventId,
    created_at: new Date(record.createdAtMs).toISOString(),
    provider: record.provider,
    model: standardModel(record),
    model_type: modelType,
    path: record.path,
    duration: Math.round(record.durationMs),
    request_type: record.requestType,
    request_content_type: record.requestContentType,
    response_content_type: record.responseContentType,
    status_code: record.statusCode,
    success: record.success,
    cached: isHit,
    tokens_in: isHit ? 0 : (record.usage?.inputTokens ?? null),
    tokens_out: isHit ? 0 : (record.usage?.outputTokens ?? null),
    cost: costUsd(record),
    custom_cost: record.cost.state === "custom",
    step: record.step,
    metadata: record.metadata ?? {},
    usage_metadata: usageMetadata(record.usage),
    timings: {
      total: Math.round(record.durationMs),
      latency: Math.round(record.timeToFirstByteMs ?? record.durationMs),
    },
    location: { region: "self", colo: "local" },
    feedback,
    score,
    prompts: null,
    guardrails: null,
    authentication: record.tokenId !== null,
    wholesale: false,
    byok: record.storedKey !== null,
    user_agent: record.userAgent,
    dlp_action: null,
    dlp_profiles: null,
    request: "",
    response: "",
    ...ownMembers(record),
  };
}

function ownMembers(record: ExchangeRecord): Record<string, unknown> {
  return {
    request_id: record.requestId,
    trace_id: record.traceId,
    method: record.method,
    attempt: record.attempt,
    outcome: record.outcome,
    error_code: record.errorCode,
    cause: record.cause,
    streamed: record.streamed,
    user: record.userKey,
    token_id: record.tokenId,
    byok_alias: record.storedKey?.alias ?? null,
    cache_status: record.cacheStatus,
    cost_state: record.cost.state,
    price_version: record.cost.priceVersion,
    usage_estimated: record.isUsageEstimated,
    time_to_first_byte: record.timeToFirstByteMs === null ? null : Math.round(record.timeToFirstByteMs),
    overhead: record.overheadMs,
  };
}

/** `provider/model` as the product has it since 2026-09; `unknown` when no model could be read. */
function standardModel({ provider, model }: ExchangeRecord): string {
  if (model === null || model === "") return "unknown";
  return provider === "" || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}

/** Nothing to pay is 0; a model without a price has a cost that nobody knows. */
function costUsd({ cost }: ExchangeRecord): number | null {
  if (cost.nanoUsd !== null) return usdFromNano(cost.nanoUsd);
  return cost.state === "none" ? 0 : null;
}

const usageNames = {
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  totalTokens: "total_tokens",
  outputReasoningTokens: "output_reasoning_tokens",
  inputCachedTokens: "input_cached_tokens",
  inputCacheCreationTokens: "input_cache_creation_tokens",
  inputTextTokens: "input_text_tokens",
  inputImageTokens: "input_image_tokens",
  inputAudioTokens: "input_audio_tokens",
  inputVideoTokens: "input_video_tokens",
  inputToolTokens: "input_tool_tokens",
  inputCachedTextTokens: "input_cached_text_tokens",
  inputCachedAudioTokens: "input_cached_audio_tokens",
  inputCachedImageTokens: "input_cached_image_tokens",
  inputCachedVideoTokens: "input_cached_video_tokens",
  inputCacheCreation5mTokens: "input_cache_creation_5m_tokens",
  inputCacheCreation1hTokens: "input_cache_creation_1h_tokens",
  outputTextTokens: "output_text_tokens",
  outputAudioTokens: "output_audio_tokens",
  outputImageTokens: "output_image_tokens",
  webSearches: "web_searches",
  audioSeconds: "audio_seconds",
  serviceTier: "service_tier",
  reportedCostNanoUsd: "reported_cost_nano_usd",
} as const satisfies Record<keyof TokenUsage, string>;

/** Only what the provider said something about. */
function usageMetadata(usage: TokenUsage | null): Record<string, unknown> {
  const members = Object.entries(usageNames) as [keyof TokenUsage, string][];
  return Object.fromEntries(
    members.flatMap(([member, name]) => (usage?.[member] === undefined ? [] : [[name, usage[member]]])),
  );
}
