import type { ExportFormat } from "./export-rows.ts";

/** One JSON object a line; lines of progress have a `progress` member and no other. */
export const ndjsonFormat: ExportFormat = {
  contentType: "application/x-ndjson",
  head: "",
  row: (row) => `${JSON.stringify(row)}\n`,
  progress: (progress) => `${JSON.stringify({ progress })}\n`,
};
