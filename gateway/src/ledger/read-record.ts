import type { ExchangeRecord } from "../core/exchange.ts";

/** What records of earlier versions did not have. */
const laterMembers = {
  overheadMs: 0,
  isUsageEstimated: false,
  cost: { state: "none", nanoUsd: null, priceVersion: null },
  metadata: null,
  userKey: null,
  tokenId: null,
  storedKey: null,
  requestHeaders: {},
  responseHeaders: {},
  parentSpanId: null,
  isLogged: true,
} as const satisfies Partial<ExchangeRecord>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const textMembers = ["eventId", "accountId", "gatewayId", "provider", "path", "requestType", "outcome"] as const;

const numberMembers = ["createdAtMs", "statusCode", "durationMs"] as const;

/** The record in a frame of the journal; null when the payload is none, or lacks what every record has. */
export function readRecord(payload: Buffer): ExchangeRecord | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const record = parsed as ExchangeRecord;
  if (typeof record.id !== "string" || !uuidPattern.test(record.id)) return null;
  if (textMembers.some((name) => typeof record[name] !== "string")) return null;
  if (numberMembers.some((name) => !Number.isFinite(record[name]))) return null;
  return record.storedKey === undefined ? { ...laterMembers, ...record } : record;
}
