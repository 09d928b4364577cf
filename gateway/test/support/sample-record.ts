import type { ExchangeRecord } from "../../src/core/exchange.ts";

/** A record as a plain chat call leaves it, with `changes` applied. */
export function sampleRecord(changes: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    id: "0190c6f0-0000-7000-8000-000000000001",
    eventId: "0190c6f0-0000-7000-8000-000000000001",
    requestId: "0190c6f0-0000-7000-8000-000000000002",
    traceId: "0190c6f000007000800000000000000a",
    accountId: "default",
    gatewayId: "default",
    createdAtMs: 1_760_000_000_000,
    requestType: "provider",
    step: 0,
    attempt: 1,
    provider: "openai",
    model: "gpt-4o-mini",
    method: "POST",
    path: "chat/completions",
    userAgent: "OpenAI/JS 7.57.0",
    requestContentType: "application/json",
    responseContentType: "application/json",
    requestSizeBytes: 812,
    responseSizeBytes: 1430,
    statusCode: 200,
    success: true,
    outcome: "complete",
    errorCode: null,
    cause: null,
    cacheStatus: "MISS",
    streamed: false,
    timeToFirstByteMs: 231.5,
    durationMs: 640.25,
    usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46, inputCachedTokens: 0 },
    ...changes,
  };
}
