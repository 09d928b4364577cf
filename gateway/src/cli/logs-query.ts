import { timeOption } from "./time-option.ts";
import { UsageError } from "./usage-error.ts";

/** What to show, as written on the command line; absent members let everything pass. */
export interface LogsQueryOptions {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly status?: string | undefined;
  readonly failed?: boolean | undefined;
  readonly unpriced?: boolean | undefined;
  readonly user?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly search?: string | undefined;
  readonly "min-cost"?: string | undefined;
  readonly "min-duration"?: string | undefined;
  readonly "min-tokens"?: string | undefined;
  /** `key=value`, all of which have to be met. */
  readonly metadata: readonly string[];
}

/** What the command line asks for, as filters and search of the logs API. */
export interface LogsQuery {
  readonly filters: readonly ApiFilter[];
  readonly search: string | null;
}

/** A filter in the JSON form of the API (reference §10.4). */
export interface ApiFilter {
  readonly key: string;
  readonly operator: "eq" | "contains" | "gt" | "lt";
  readonly value: readonly (string | number | boolean)[];
}

/** @param nowMs what `--since 15m` counts back from. @throws UsageError for an option whose value is none. */
export function logsQuery(options: LogsQueryOptions, nowMs: number): LogsQuery {
  const filters: ApiFilter[] = [
    ...listFilter("provider", "eq", options.provider),
    ...listFilter("model", "contains", options.model),
    ...listFilter("user", "eq", options.user),
    ...statusFilter(options.status),
    ...(options.failed === true ? [{ key: "success", operator: "eq", value: [false] } as const] : []),
    ...(options.unpriced === true ? [{ key: "cost_state", operator: "eq", value: ["unpriced"] } as const] : []),
    ...timeFilter("since", options.since, nowMs),
    ...timeFilter("until", options.until, nowMs),
    ...leastFilter("cost", "min-cost", options["min-cost"]),
    ...leastFilter("duration", "min-duration", options["min-duration"]),
    ...leastFilter("tokens", "min-tokens", options["min-tokens"]),
    ...options.metadata.map(metadataFilter),
  ];
  return { filters, search: options.search ?? null };
}

function listFilter(key: string, operator: ApiFilter["operator"], text: string | undefined): ApiFilter[] {
  const value = listOf(text);
  return value.length === 0 ? [] : [{ key, operator, value }];
}

function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Classes become their hundred statuses: values of one filter are the only ones that are OR-ed. */
function statusFilter(text: string | undefined): ApiFilter[] {
  const value = listOf(text).flatMap((part) => {
    if (!/^[1-9](\d\d|xx)$/i.test(part)) {
      throw new UsageError(`--status takes statuses such as 429 or classes such as 5xx, got ${JSON.stringify(part)}`);
    }
    const isClass = part.toLowerCase().endsWith("xx");
    return isClass ? Array.from({ length: 100 }, (_, index) => Number(part[0]) * 100 + index) : [Number(part)];
  });
  return value.length === 0 ? [] : [{ key: "status_code", operator: "eq", value: [...new Set(value)] }];
}

function timeFilter(name: "since" | "until", text: string | undefined, nowMs: number): ApiFilter[] {
  if (text === undefined) return [];
  const timeMs = timeOption(name, text, nowMs);
  // Both ends belong to the range, and the API compares whole milliseconds without equality.
  const [operator, boundMs] = name === "since" ? (["gt", timeMs - 1] as const) : (["lt", timeMs + 1] as const);
  return [{ key: "created_at", operator, value: [new Date(boundMs).toISOString()] }];
}

/** Half of the smallest unit below what was asked for, so that the bound itself is met. */
const halfUnit: Readonly<Record<"cost" | "duration" | "tokens", number>> = { cost: 5e-10, duration: 0.5, tokens: 0.5 };

function leastFilter(key: keyof typeof halfUnit, option: string, text: string | undefined): ApiFilter[] {
  if (text === undefined) return [];
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`--${option} takes a number from 0 on, got ${JSON.stringify(text)}`);
  }
  return [{ key, operator: "gt", value: [value - halfUnit[key]] }];
}

function metadataFilter(text: string): ApiFilter {
  const split = text.indexOf("=");
  if (split < 1) throw new UsageError(`--metadata takes name=value, got ${JSON.stringify(text)}`);
  return { key: `metadata.entry.${text.slice(0, split)}`, operator: "eq", value: [text.slice(split + 1)] };
}
