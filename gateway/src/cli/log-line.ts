import { durationText } from "./duration-text.ts";
import { printable } from "./printable.ts";
import { dateAndTime } from "./time-of-day.ts";

/** The members of a log row (reference §10.2 and our own) that a line is made of. */
export interface LogLineSource {
  readonly id: string;
  readonly created_at: string;
  readonly status_code: number;
  readonly model: string;
  readonly provider: string;
  readonly path: string;
  readonly tokens_in: number | null;
  readonly tokens_out: number | null;
  readonly time_to_first_byte: number | null;
  readonly duration: number;
  readonly cost: number | null;
  readonly cost_state: string;
  readonly usage_estimated: boolean;
  readonly cached: boolean;
  readonly outcome: string;
  readonly cause: string | null;
  readonly error_code: number | null;
}

/**
 * One line for people, as `headgate tail` has it, with date, cost and log id added. A dash stands for what is not known, a tilde for
 * tokens that were estimated. Nothing in a row can break the line or drive the terminal.
 */
export function logLine(row: LogLineSource): string {
  const { cause, error_code: errorCode, outcome } = row;
  const reasons = [cause, errorCode === null ? null : `error ${errorCode}`].filter((reason) => reason !== null);
  const parts = [
    dateAndTime(Date.parse(row.created_at)),
    String(row.status_code),
    row.model === "unknown" ? row.provider || "-" : row.model,
    row.path.startsWith("/") ? row.path : `/${row.path}`,
    `${row.usage_estimated ? "~" : ""}${row.tokens_in ?? "-"}>${row.tokens_out ?? "-"} tokens`,
    `ttfb ${durationText(row.time_to_first_byte)}`,
    durationText(row.duration),
    costText(row),
    `${row.cached ? "cached, " : ""}${outcome}${reasons.length === 0 ? "" : ` (${reasons.join(", ")})`}`,
    row.id,
  ];
  return printable(parts.join("  "));
}

function costText({ cost, cost_state: state }: LogLineSource): string {
  if (state === "unpriced") return "unpriced";
  return cost === null ? "-" : `$${decimalText(cost)}`;
}

/** Without an exponent and without zeros at the end, at least two decimals. */
function decimalText(usd: number): string {
  return usd.toFixed(9).replace(/0{1,7}$/, "");
}
