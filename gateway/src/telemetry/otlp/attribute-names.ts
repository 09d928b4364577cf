/** Names of the OpenTelemetry semantic conventions 1.45 (`gen_ai.*` is incubating and may still move). */
export const conventionNames = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  requestStream: "gen_ai.request.stream",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  cacheCreationTokens: "gen_ai.usage.cache_creation.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  /** Seconds, streamed answers only. */
  timeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  errorType: "error.type",
  requestMethod: "http.request.method",
  statusCode: "http.response.status_code",
  userAgent: "user_agent.original",
} as const;

/** Names that only the product's documentation has (reference §13.1). */
export const productNames = {
  provider: "gen_ai.model.provider",
  /** US dollars, a double. */
  cost: "gen_ai.usage.cost",
  prompt: "gen_ai.prompt_json",
  completion: "gen_ai.completion_json",
} as const;

/** Names of this gateway for what neither has. Times are milliseconds. */
export const ownNames = {
  account: "headgate.account",
  gateway: "headgate.gateway",
  logId: "headgate.log_id",
  eventId: "headgate.event_id",
  requestId: "headgate.request_id",
  path: "headgate.path",
  step: "headgate.step",
  attempt: "headgate.attempt",
  outcome: "headgate.outcome",
  errorCode: "headgate.error_code",
  cacheStatus: "headgate.cache_status",
  costState: "headgate.cost_state",
  isUsageEstimated: "headgate.usage_estimated",
  user: "headgate.user",
  timeToFirstByte: "headgate.time_to_first_byte_ms",
  duration: "headgate.duration_ms",
  overhead: "headgate.overhead_ms",
} as const;

/** Metadata under names that begin so is not exported (reference §13.1). */
export const reservedPrefix = "gen_ai.";
