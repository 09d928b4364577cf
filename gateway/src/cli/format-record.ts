import type { ExchangeRecord } from "../core/exchange.ts";
import { durationText } from "./duration-text.ts";
import { printable } from "./printable.ts";
import { timeOfDay } from "./time-of-day.ts";

/**
 * One line for people: local time, status, provider/model, path, tokens in>out, time to first byte, duration, outcome with
 * its cause. A dash stands for what is not known. Nothing in a record can break the line or drive the terminal.
 */
export function formatRecord(record: ExchangeRecord): string {
  const { usage, outcome, cause, errorCode } = record;
  const source = [record.provider, record.model].filter((part) => part !== null && part !== "").join("/");
  const reasons = [cause, errorCode === null ? null : `error ${errorCode}`].filter((reason) => reason !== null);
  const parts = [
    timeOfDay(record.createdAtMs),
    String(record.statusCode),
    source || "-",
    record.path.startsWith("/") ? record.path : `/${record.path}`,
    `${usage?.inputTokens ?? "-"}>${usage?.outputTokens ?? "-"} tokens`,
    `ttfb ${durationText(record.timeToFirstByteMs)}`,
    durationText(record.durationMs),
    reasons.length === 0 ? outcome : `${outcome} (${reasons.join(", ")})`,
  ];
  return printable(parts.join("  "));
}
