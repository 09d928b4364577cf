import type { ExchangeRecord } from "../../core/exchange.ts";
import { modelTypeOf } from "../../core/model-type.ts";
import type { LogFilter, LogFilterKey, LogFilterOperator, LogFilterValue } from "../../stores/ports/log-store.ts";

/** Whether a new log meets every filter, by the rules of the `LogFilter` port; a new log has no feedback and no score yet. */
export function matchesFilters(record: ExchangeRecord, filters: readonly LogFilter[]): boolean {
  return filters.every((filter) => {
    const isMetadata = filter.key === "metadata.entry" || filter.key === "metadata.value";
    const holds = isMetadata ? entryHolds : fieldHolds;
    const operator = filter.operator === "neq" ? "eq" : filter.operator;
    const isMet = candidates(record, filter).some((value) =>
      filter.values.some((wanted) => holds(operator, value, wanted)),
    );
    return isMet !== (filter.operator === "neq");
  });
}

type Comparison = (
  operator: Exclude<LogFilterOperator, "neq">,
  value: LogFilterValue,
  wanted: LogFilterValue,
) => boolean;

const fieldHolds: Comparison = (operator, value, wanted) => {
  if (operator === "eq") return value === wanted;
  if (operator === "contains") return isText(value) && isText(wanted) && lowerCase(value).includes(lowerCase(wanted));
  return operator === "lt" ? isOrdered(value, wanted) : isOrdered(wanted, value);
};

/** Metadata is equal by its text; it is ordered as numbers where the wanted text is one. */
const entryHolds: Comparison = (operator, value, wanted) => {
  if (wanted === null) return false;
  if (operator === "eq") return String(value) === String(wanted);
  if (operator === "contains") return fieldHolds(operator, value, wanted);
  const number = Number(wanted);
  return fieldHolds(operator, value, String(number) === String(wanted) ? number : wanted);
};

function isText(value: LogFilterValue): value is string {
  return typeof value === "string";
}

function isOrdered(low: LogFilterValue, high: LogFilterValue): boolean {
  if (typeof low === "number" && typeof high === "number") return low < high;
  return isText(low) && isText(high) && Buffer.compare(Buffer.from(low), Buffer.from(high)) < 0;
}

function lowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The values of a record that a filter may hold for: one, except where metadata has several or none. */
function candidates(record: ExchangeRecord, filter: LogFilter): readonly LogFilterValue[] {
  const metadata = record.metadata ?? {};
  if (filter.key === "metadata.entry") {
    return Object.hasOwn(metadata, filter.name) ? [metadata[filter.name] as LogFilterValue] : [];
  }
  if (filter.key === "metadata.key") return Object.keys(metadata);
  if (filter.key === "metadata.value") return Object.values(metadata);
  const isOrder = filter.operator === "lt" || filter.operator === "gt";
  if (filter.key === "model" && record.model !== null && !isOrder)
    return [record.model, `${record.provider}/${record.model}`];
  return [fields[filter.key](record)];
}

type FieldKey = Exclude<LogFilterKey, "metadata.key" | "metadata.value">;

const fields: Readonly<Record<FieldKey, (record: ExchangeRecord) => LogFilterValue>> = {
  id: ({ id }) => id,
  created_at: ({ createdAtMs }) => createdAtMs,
  request_content_type: ({ requestContentType }) => requestContentType,
  response_content_type: ({ responseContentType }) => responseContentType,
  request_type: ({ requestType }) => requestType,
  success: ({ success }) => success,
  cached: ({ cacheStatus }) => cacheStatus === "HIT",
  provider: ({ provider }) => provider,
  model: ({ model }) => model,
  model_type: ({ path }) => modelTypeOf(path),
  cost: ({ cost }) => cost.nanoUsd,
  tokens: ({ usage }) => totalTokens(usage?.inputTokens, usage?.outputTokens),
  tokens_in: ({ usage }) => usage?.inputTokens ?? null,
  tokens_out: ({ usage }) => usage?.outputTokens ?? null,
  duration: ({ durationMs }) => durationMs,
  feedback: () => null,
  score: () => null,
  event_id: ({ eventId }) => eventId,
  status_code: ({ statusCode }) => statusCode,
  outcome: ({ outcome }) => outcome,
  path: ({ path }) => path,
  user_agent: ({ userAgent }) => userAgent,
  user: ({ userKey }) => userKey,
  cost_state: ({ cost }) => cost.state,
  authentication: ({ tokenId }) => tokenId !== null,
  byok: ({ storedKey }) => storedKey !== null,
  byok_alias: ({ storedKey }) => storedKey?.alias ?? null,
  wholesale: () => false,
  compatibilityMode: () => false,
  dlp_action: () => null,
  "prompts.prompt_id": () => null,
  "prompts.version_id": () => null,
};

function totalTokens(tokensIn: number | undefined, tokensOut: number | undefined): number | null {
  return tokensIn === undefined && tokensOut === undefined ? null : (tokensIn ?? 0) + (tokensOut ?? 0);
}
