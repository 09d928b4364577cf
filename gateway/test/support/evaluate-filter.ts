import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { modelTypeOf } from "../../src/core/model-type.ts";
import type { LogFilter, LogFilterKey, LogFilterOperator, LogFilterValue } from "../../src/stores/ports/log-store.ts";

/** Whether a record that nobody patched fulfils a filter, by the words of the port and without SQL. */
export function fulfils(record: ExchangeRecord, filter: LogFilter): boolean {
  const { key, operator, values } = filter;
  if (operator === "neq") return !fulfils(record, { ...filter, operator: "eq" });
  const entries = Object.entries(record.metadata ?? {});
  if (key === "metadata.entry") {
    return entries.some(([name, value]) => name === filter.name && metadataHolds(value, operator, values));
  }
  if (key === "metadata.key") return entries.some(([name]) => values.some((value) => holds(name, operator, value)));
  if (key === "metadata.value") return entries.some(([, value]) => metadataHolds(value, operator, values));
  const actual = memberOf(record, key);
  if (key === "model" && actual !== null && (operator === "eq" || operator === "contains")) {
    const shown = `${record.provider}/${record.model}`;
    return values.some((value) => holds(actual, operator, value) || holds(shown, operator, value));
  }
  return values.some((value) => holds(actual, operator, value));
}

type PositiveOperator = Exclude<LogFilterOperator, "neq">;

function holds(actual: LogFilterValue, operator: LogFilterOperator, wanted: LogFilterValue): boolean {
  if (operator === "eq") return actual === wanted;
  if (actual === null || wanted === null || typeof actual !== typeof wanted) return false;
  if (operator === "contains") {
    return typeof actual === "string" && lowerAscii(actual).includes(lowerAscii(String(wanted)));
  }
  const order = compare(actual, wanted);
  return operator === "lt" ? order < 0 : order > 0;
}

function metadataHolds(
  actual: string | number | boolean,
  operator: LogFilterOperator,
  values: readonly LogFilterValue[],
): boolean {
  return values.some((value) => value !== null && metadataHoldsOne(actual, operator as PositiveOperator, value));
}

function metadataHoldsOne(
  actual: string | number | boolean,
  operator: PositiveOperator,
  wanted: string | number | boolean,
): boolean {
  if (operator === "eq") return String(actual) === String(wanted);
  if (operator === "contains") return typeof wanted === "string" && holds(actual, operator, wanted);
  if (typeof wanted === "boolean") return false;
  const isNumeric = String(Number(wanted)) === String(wanted) && Number.isFinite(Number(wanted));
  return holds(actual, operator, isNumeric ? Number(wanted) : wanted);
}

function compare(left: string | number | boolean, right: string | number | boolean): number {
  if (typeof left === "string") return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
  return Number(left) - Number(right);
}

function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function memberOf(
  record: ExchangeRecord,
  key: Exclude<LogFilterKey, "metadata.key" | "metadata.value">,
): LogFilterValue {
  const tokensIn = record.usage?.inputTokens ?? null;
  const tokensOut = record.usage?.outputTokens ?? null;
  const members: Record<typeof key, LogFilterValue> = {
    id: record.id,
    created_at: record.createdAtMs,
    request_content_type: record.requestContentType,
    response_content_type: record.responseContentType,
    request_type: record.requestType,
    success: record.success,
    cached: record.cacheStatus === "HIT",
    provider: record.provider,
    model: record.model,
    model_type: modelTypeOf(record.path),
    cost: record.cost.nanoUsd,
    tokens: tokensIn === null && tokensOut === null ? null : (tokensIn ?? 0) + (tokensOut ?? 0),
    tokens_in: tokensIn,
    tokens_out: tokensOut,
    duration: record.durationMs,
    feedback: null,
    score: null,
    event_id: record.eventId,
    status_code: record.statusCode,
    outcome: record.outcome,
    path: record.path,
    user_agent: record.userAgent,
    user: record.userKey,
    cost_state: record.cost.state,
    authentication: record.tokenId !== null,
    byok: record.storedKey !== null,
    byok_alias: record.storedKey?.alias ?? null,
    wholesale: false,
    compatibilityMode: false,
    dlp_action: null,
    "prompts.prompt_id": null,
    "prompts.version_id": null,
  };
  return members[key];
}
