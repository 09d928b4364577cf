import type { ExchangeCost, ExchangeRecord, Metadata } from "../../core/exchange.ts";
import { modelTypeOf } from "../../core/model-type.ts";
import type { StoredLog } from "../ports/log-store.ts";

/** Bits of `logs.parts`. */
export const logParts = { request: 1, response: 2, words: 4 } as const;

/** What a member of a record gives for its column. */
type ColumnValue = string | number | null;

/** Columns of `logs` that are drawn from the record, in the order of `recordColumns`. */
export const recordColumnNames = [
  "event_id",
  "created_at_ms",
  "provider",
  "model",
  "model_type",
  "path",
  "request_type",
  "request_content_type",
  "response_content_type",
  "user_agent",
  "user_key",
  "token_id",
  "key_alias",
  "status_code",
  "outcome",
  "success",
  "cached",
  "cost_nano_usd",
  "cost_state",
  "tokens_in",
  "tokens_out",
  "duration_ms",
] as const;

/** Values of the columns that a record alone decides, in the order of their names above. */
export function recordColumns(record: ExchangeRecord): ColumnValue[] {
  const { usage, cost } = record;
  return [
    record.eventId === record.id ? null : record.eventId,
    record.createdAtMs,
    record.provider,
    record.model,
    modelTypeOf(record.path),
    record.path,
    record.requestType,
    record.requestContentType,
    record.responseContentType,
    record.userAgent,
    record.userKey,
    record.tokenId,
    record.storedKey?.alias ?? null,
    record.statusCode,
    record.outcome,
    record.success ? 1 : 0,
    record.cacheStatus === "HIT" ? 1 : 0,
    cost.nanoUsd,
    cost.state,
    usage?.inputTokens ?? null,
    usage?.outputTokens ?? null,
    record.durationMs,
  ];
}

/** Members of a record that have no column, as the JSON in `log_details.detail`. */
export function detailOf(record: ExchangeRecord): string {
  return JSON.stringify({
    requestId: record.requestId,
    answerModel: record.answerModel,
    traceId: record.traceId,
    step: record.step,
    attempt: record.attempt,
    method: record.method,
    requestSizeBytes: record.requestSizeBytes,
    responseSizeBytes: record.responseSizeBytes,
    errorCode: record.errorCode,
    cause: record.cause,
    cacheStatus: record.cacheStatus,
    streamed: record.streamed,
    timeToFirstByteMs: record.timeToFirstByteMs,
    overheadMs: record.overheadMs,
    usage: record.usage,
    isUsageEstimated: record.isUsageEstimated,
    priceVersion: record.cost.priceVersion,
    savedNanoUsd: record.cost.savedNanoUsd,
    requestHeaders: record.requestHeaders,
    responseHeaders: record.responseHeaders,
    parentSpanId: record.parentSpanId,
    storedKey: record.storedKey,
    isLogged: record.isLogged,
  });
}

type RecordDetail = Omit<ExchangeRecord, keyof RecordOfColumns> & Pick<ExchangeCost, "priceVersion" | "savedNanoUsd">;

type RecordOfColumns = Pick<
  ExchangeRecord,
  | "id"
  | "eventId"
  | "accountId"
  | "gatewayId"
  | "createdAtMs"
  | "requestType"
  | "provider"
  | "model"
  | "path"
  | "userAgent"
  | "requestContentType"
  | "responseContentType"
  | "statusCode"
  | "success"
  | "outcome"
  | "durationMs"
  | "cost"
  | "metadata"
  | "userKey"
  | "tokenId"
>;

/** A row of `logs` joined with its `log_details`, and the gateway's names. */
export interface LogRow {
  readonly id: string;
  readonly event_id: string | null;
  readonly created_at_ms: number;
  readonly provider: string;
  readonly model: string | null;
  readonly model_type: string | null;
  readonly path: string;
  readonly request_type: ExchangeRecord["requestType"];
  readonly request_content_type: string | null;
  readonly response_content_type: string | null;
  readonly user_agent: string | null;
  readonly user_key: string | null;
  readonly token_id: string | null;
  readonly status_code: number;
  readonly outcome: ExchangeRecord["outcome"];
  readonly success: number;
  readonly cost_nano_usd: number | null;
  readonly cost_state: ExchangeCost["state"];
  readonly duration_ms: number;
  readonly feedback: number | null;
  readonly score: number | null;
  readonly parts: number;
  readonly metadata: string | null;
  readonly detail: string;
}

/** The log that a row tells. */
export function logOfRow(row: LogRow, scope: { readonly accountId: string; readonly gatewayId: string }): StoredLog {
  const { priceVersion, savedNanoUsd, storedKey = null, ...detail } = JSON.parse(row.detail) as RecordDetail;
  return {
    record: {
      ...detail,
      storedKey,
      id: row.id,
      eventId: row.event_id ?? row.id,
      accountId: scope.accountId,
      gatewayId: scope.gatewayId,
      createdAtMs: row.created_at_ms,
      requestType: row.request_type,
      provider: row.provider,
      model: row.model,
      path: row.path,
      userAgent: row.user_agent,
      requestContentType: row.request_content_type,
      responseContentType: row.response_content_type,
      statusCode: row.status_code,
      success: row.success === 1,
      outcome: row.outcome,
      durationMs: row.duration_ms,
      cost: {
        state: row.cost_state,
        nanoUsd: row.cost_nano_usd,
        priceVersion,
        ...(savedNanoUsd === undefined ? {} : { savedNanoUsd }),
      },
      metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as Metadata),
      userKey: row.user_key,
      tokenId: row.token_id,
    },
    modelType: row.model_type,
    feedback: row.feedback,
    score: row.score,
    hasRequestBody: (row.parts & logParts.request) !== 0,
    hasResponseBody: (row.parts & logParts.response) !== 0,
  };
}
