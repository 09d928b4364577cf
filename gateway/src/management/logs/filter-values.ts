import type { LogFilterOperator, LogFilterValue } from "../../stores/ports/log-store.ts";
import { type FaultPath, invalid } from "../management-error.ts";
import { parseDecimal, quoted } from "../parse-query.ts";
import { parseTime } from "../parse-time.ts";
import { nanoUsdFrom } from "./nano-usd-from.ts";
import type { FilterKind } from "./filter-keys.ts";

/** What a value belongs to. */
export interface ValuePlace {
  readonly kind: FilterKind;
  readonly operator: LogFilterOperator;
  readonly path: FaultPath;
}

const maxTextLength = 2000;

/**
 * What one value of a filter stands for, whether it came as JSON or as text: texts become the type of the key, USD nano-USD, dates
 * Unix milliseconds, and nothing (null, or the empty text that the SDK sends for null) both null and the empty text. Values of
 * metadata are texts, since the dotted form does not tell `42` from `"42"`.
 * @throws ManagementError 400 code 7001 for a value that the key cannot have, or that the operator cannot compare.
 */
export function filterValues(value: unknown, { kind, operator, path }: ValuePlace): LogFilterValue[] {
  if (value === null || value === "") {
    if (operator !== "eq" && operator !== "neq") throw invalid(`Expected a value for ${operator}, got none`, path);
    return kind === "text" || kind === "metadata" ? [null, ""] : [null];
  }
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    throw invalid(`Expected a string, number, boolean or null, got ${quoted(value)}`, path);
  }
  const text = String(value);
  if (text.length > maxTextLength) throw invalid(`Expected at most ${maxTextLength} characters`, path);
  if (kind === "text" || kind === "metadata") return [text];
  const parsed = parsers[kind](text);
  if (parsed === null) throw invalid(`Expected ${expectations[kind]}, got ${quoted(value)}`, path);
  return [parsed];
}

type ParsedKind = Exclude<FilterKind, "text" | "metadata">;

const parsers: Readonly<Record<ParsedKind, (text: string) => number | boolean | null>> = {
  number: parseDecimal,
  usd: (text) => {
    const usd = parseDecimal(text);
    return usd === null ? null : nanoUsdFrom(usd);
  },
  boolean: parseBoolean,
  time: parseTime,
};

const expectations: Readonly<Record<ParsedKind, string>> = {
  number: "number",
  usd: "number of US dollars",
  boolean: "true or false",
  time: "a date such as 2026-01-31 or 2026-01-31T09:30:00Z",
};

function parseBoolean(text: string): boolean | null {
  if (text === "true") return true;
  return text === "false" ? false : null;
}
