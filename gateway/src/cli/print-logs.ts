import { tailEvents } from "./follow-logs.ts";
import { logLine, type LogLineSource } from "./log-line.ts";
import { askLogs, type LogsApi } from "./logs-api.ts";
import type { LogsQuery } from "./logs-query.ts";
import { openOutput, type Output } from "./output.ts";
import { readLines } from "./read-lines.ts";

/** How logs are printed: a line for people, JSON, or CSV. */
export type OutputFormat = "lines" | "json" | "csv";

/** Which logs are printed, and how. */
export interface PrintLogsOptions {
  readonly query: LogsQuery;
  readonly format: OutputFormat;
  /** Logs at most before following; null for all. */
  readonly limit: number | null;
  readonly isFollowing: boolean;
  readonly withBodies: boolean;
}

/**
 * Prints what `options` ask for. Lines for people, and everything that is followed, go from old to new, so that the newest stands next to
 * the prompt; other JSON and CSV come newest first, as they arrive. Settles at the end, at SIGINT or SIGTERM, and when the reader of
 * stdout is gone.
 * @throws StartError as `askLogs` does.
 */
export async function printLogs(api: LogsApi, options: PrintLogsOptions): Promise<void> {
  const output = openOutput();
  try {
    if (options.isFollowing) await follow(api, options, output);
    else if (options.format === "lines") await printRows(await newestRows(api, options, output), options, output);
    else await pass(api, options, output);
  } catch (error) {
    if (!output.signal.aborted) throw error;
  }
}

/** The tail is opened first, so that nothing falls between what is there and what comes. */
async function follow(api: LogsApi, options: PrintLogsOptions, output: Output): Promise<void> {
  const { query } = options;
  const tail = await askLogs(api, { endpoint: "tail", query, signal: output.signal });
  const rows = await newestRows(api, options, output);
  await printRows(rows, options, output);
  const printed = new Set(rows.map(({ id }) => id));
  for await (const event of tailEvents(tail)) {
    if (event.type === "lost") process.stderr.write(`${event.rows} logs left out: this reader is too slow\n`);
    else if (!printed.delete(event.row["id"] as string)) await printRows([event.row as Row], options, output);
  }
  if (!output.signal.aborted) process.stderr.write("The gateway ended the stream of logs.\n");
}

/** Members are those of a log row; unread ones are passed on in JSON. */
type Row = LogLineSource & Readonly<Record<string, unknown>>;

/** From old to new. */
async function newestRows(api: LogsApi, { query, limit }: PrintLogsOptions, { signal }: Output): Promise<Row[]> {
  const stream = await askLogs(api, { endpoint: "export", query, parameters: limitParameter(limit), signal });
  const rows: Row[] = [];
  for await (const line of readLines(stream)) rows.push(JSON.parse(line) as Row);
  return rows.toReversed();
}

async function printRows(rows: readonly Row[], { format }: PrintLogsOptions, output: Output): Promise<void> {
  for (const row of rows) await output.print(`${format === "json" ? JSON.stringify(row) : logLine(row)}\n`);
}

/** What the API streams is what is printed. */
async function pass(
  api: LogsApi,
  { query, format, limit, withBodies }: PrintLogsOptions,
  output: Output,
): Promise<void> {
  const parameters = {
    ...limitParameter(limit),
    format: format === "csv" ? "csv" : "ndjson",
    ...(withBodies ? { bodies: "true" } : {}),
  };
  const stream = await askLogs(api, { endpoint: "export", query, parameters, signal: output.signal });
  for await (const piece of stream) await output.print(piece);
}

function limitParameter(limit: number | null): Record<string, string> {
  return limit === null ? {} : { limit: String(limit) };
}
