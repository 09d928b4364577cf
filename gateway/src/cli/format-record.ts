import type { ExchangeRecord } from "../core/exchange.ts";

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
    `ttfb ${duration(record.timeToFirstByteMs)}`,
    duration(record.durationMs),
    reasons.length === 0 ? outcome : `${outcome} (${reasons.join(", ")})`,
  ];
  return printable(parts.join("  "));
}

function timeOfDay(timeMs: number): string {
  const time = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`;
}

function duration(valueMs: number | null): string {
  if (valueMs === null) return "-";
  return valueMs < 1000 ? `${Math.round(valueMs)}ms` : `${(valueMs / 1000).toFixed(2)}s`;
}

/** Control characters, the ones that turn the writing direction included, as escapes: paths and models come from outside. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, "0")}`,
  );
}
