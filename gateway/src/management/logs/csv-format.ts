import type { ExportFormat } from "./export-rows.ts";

const columns = [
  "id",
  "event_id",
  "created_at",
  "provider",
  "model",
  "model_type",
  "path",
  "status_code",
  "success",
  "outcome",
  "error_code",
  "cause",
  "cached",
  "duration",
  "time_to_first_byte",
  "tokens_in",
  "tokens_out",
  "cost",
  "cost_state",
  "step",
  "attempt",
  "request_type",
  "streamed",
  "user",
  "user_agent",
  "feedback",
  "score",
  "metadata",
] as const;

const bodyColumns = [
  "request",
  "request_encoding",
  "request_complete",
  "response",
  "response_encoding",
  "response_complete",
] as const;

/** CSV (RFC 4180) with a header line; lines of progress begin with `#`. */
export function csvFormat(withBodies: boolean): ExportFormat {
  const names: readonly string[] = withBodies ? [...columns, ...bodyColumns] : columns;
  return {
    contentType: "text/csv; charset=utf-8; header=present",
    head: `${names.join(",")}\r\n`,
    row: (row) => `${names.map((name) => csvCell(row[name])).join(",")}\r\n`,
    progress: ({ rows, of, done }) => `# ${rows} of ${of} rows${done ? ", end" : ""}\r\n`,
  };
}

/**
 * One value as a cell: null empty, objects as JSON. Text that a spreadsheet would take for a formula gets an apostrophe in front
 * (OWASP, CSV injection), since models, paths and prompts are written by others; numbers stay as they are.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe =
    /^[\s\u0000]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
