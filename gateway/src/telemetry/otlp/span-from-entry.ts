import type { ExchangeRecord } from "../../core/exchange.ts";
import type { LedgerEntry } from "../../core/ledger-entry.ts";
import { spanIdFrom } from "../../core/trace-context.ts";
import { conventionNames, ownNames, productNames, reservedPrefix } from "./attribute-names.ts";
import { operationOf } from "./operation-of.ts";
import { readContent } from "./read-content.ts";
import type { AttributeValue, Span } from "./span.ts";

/** The product's name for its spans (reference §13.1). */
const spanName = "cf.aig.request";

/**
 * The span of one attempt. The attempts of one request are siblings: they share its trace and the client's parent span. Its id is made from the
 * log id, so an attempt told twice is the same span. Attributes come in both spellings of reference §13.1, with those of the
 * semantic conventions and this gateway's own; prompt and completion are there when the entry holds bodies. Metadata comes under its own names, unless one
 * begins with `gen_ai.` or is taken.
 */
export function spanFromEntry(entry: LedgerEntry): Span {
  const { record } = entry;
  const startNs = BigInt(record.createdAtMs) * 1_000_000n;
  const isFailure = !record.success && record.outcome !== "client_aborted";
  return {
    traceId: record.traceId,
    spanId: spanIdFrom(record.id),
    parentSpanId: record.parentSpanId,
    name: spanName,
    startNs,
    endNs: startNs + BigInt(Math.round(record.durationMs * 1e6)),
    attributes: attributesOf(entry),
    error: isFailure ? (record.cause ?? faultWord(record)) : null,
  };
}

/** What makes the attempt a failure, in a word or a status. */
function faultWord(record: ExchangeRecord): string {
  return record.outcome === "complete" ? String(record.statusCode) : record.outcome;
}

function attributesOf(entry: LedgerEntry): ReadonlyMap<string, AttributeValue> {
  const { record } = entry;
  const attributes = new Map<string, AttributeValue>();
  const set = (pairs: Readonly<Record<string, AttributeValue | null>>): void => {
    for (const [name, value] of Object.entries(pairs)) if (value !== null) attributes.set(name, value);
  };
  set(callAttributes(record));
  set(usageAttributes(record));
  set(gatewayAttributes(record));
  if (entry.request !== null || entry.response !== null) set(contentAttributes(entry));
  for (const [name, value] of Object.entries(record.metadata ?? {})) {
    if (!name.startsWith(reservedPrefix) && !attributes.has(name)) attributes.set(name, metadataValue(value));
  }
  return attributes;
}

function callAttributes(record: ExchangeRecord): Record<string, AttributeValue | null> {
  const provider = text(record.provider === "" ? null : record.provider);
  const isTold = record.streamed && record.timeToFirstByteMs !== null;
  return {
    [conventionNames.operation]: text(operationOf(record.path)),
    [conventionNames.provider]: provider,
    [productNames.provider]: provider,
    [conventionNames.requestModel]: text(record.model),
    [conventionNames.requestStream]: { bool: record.streamed },
    [conventionNames.timeToFirstChunk]: isTold ? { double: (record.timeToFirstByteMs as number) / 1000 } : null,
    [conventionNames.errorType]: record.success ? null : text(record.cause ?? faultWord(record)),
    [conventionNames.requestMethod]: text(record.method),
    [conventionNames.statusCode]: count(record.statusCode),
    [conventionNames.userAgent]: text(record.userAgent),
  };
}

function usageAttributes({ usage, cost }: ExchangeRecord): Record<string, AttributeValue | null> {
  return {
    [conventionNames.inputTokens]: count(usage?.inputTokens),
    [conventionNames.outputTokens]: count(usage?.outputTokens),
    [conventionNames.cacheReadTokens]: count(usage?.inputCachedTokens),
    [conventionNames.cacheCreationTokens]: count(usage?.inputCacheCreationTokens),
    [conventionNames.reasoningTokens]: count(usage?.outputReasoningTokens),
    [productNames.cost]: cost.nanoUsd === null ? null : { double: cost.nanoUsd / 1e9 },
  };
}

function gatewayAttributes(record: ExchangeRecord): Record<string, AttributeValue | null> {
  return {
    [ownNames.account]: text(record.accountId),
    [ownNames.gateway]: text(record.gatewayId),
    [ownNames.logId]: text(record.id),
    [ownNames.eventId]: text(record.eventId),
    [ownNames.requestId]: text(record.requestId),
    [ownNames.path]: text(record.path),
    [ownNames.step]: count(record.step),
    [ownNames.attempt]: count(record.attempt),
    [ownNames.outcome]: text(record.outcome),
    [ownNames.errorCode]: count(record.errorCode),
    [ownNames.cacheStatus]: text(record.cacheStatus),
    [ownNames.costState]: text(record.cost.state),
    [ownNames.isUsageEstimated]: { bool: record.isUsageEstimated },
    [ownNames.user]: text(record.userKey),
    [ownNames.timeToFirstByte]: record.timeToFirstByteMs === null ? null : { double: record.timeToFirstByteMs },
    [ownNames.duration]: { double: record.durationMs },
    [ownNames.overhead]: { double: record.overheadMs },
  };
}

function contentAttributes(entry: LedgerEntry): Record<string, AttributeValue | null> {
  const { prompt, completion, input, output } = readContent(entry);
  return {
    [productNames.prompt]: text(prompt),
    [productNames.completion]: text(completion),
    [conventionNames.inputMessages]: text(input),
    [conventionNames.outputMessages]: text(output),
  };
}

function metadataValue(value: string | number | boolean): AttributeValue {
  if (typeof value === "string") return { string: value };
  if (typeof value === "boolean") return { bool: value };
  return Number.isSafeInteger(value) ? { int: value } : { double: value };
}

function text(value: string | null): AttributeValue | null {
  return value === null ? null : { string: value };
}

function count(value: number | null | undefined): AttributeValue | null {
  return value === null || value === undefined ? null : { int: Math.trunc(value) };
}
