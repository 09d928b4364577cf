import type { ExchangeRecord } from "../core/exchange.ts";
import { UsageError } from "./usage-error.ts";

/** What to show; absent members let everything pass. */
export interface RecordFilterOptions {
  /** Provider slugs, comma-separated. */
  readonly provider?: string | undefined;
  /** Statuses such as `429` or classes such as `5xx`, comma-separated. */
  readonly status?: string | undefined;
  /** Only records without success. */
  readonly failed?: boolean | undefined;
}

/** @throws UsageError for a status that is neither a number of three digits nor a class. */
export function recordFilter(options: RecordFilterOptions): (record: ExchangeRecord) => boolean {
  const providers = options.provider === undefined ? null : new Set(listOf(options.provider));
  const statuses = options.status === undefined ? null : listOf(options.status).map(statusPattern);
  return (record) =>
    (providers === null || providers.has(record.provider)) &&
    (statuses === null || statuses.some((pattern) => pattern.test(String(record.statusCode)))) &&
    (options.failed !== true || !record.success);
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function statusPattern(text: string): RegExp {
  if (!/^[1-9](\d\d|xx)$/i.test(text)) {
    throw new UsageError(`--status takes statuses such as 429 or classes such as 5xx, got ${JSON.stringify(text)}`);
  }
  return new RegExp(`^${text.toLowerCase().replace("xx", String.raw`\d\d`)}$`);
}
