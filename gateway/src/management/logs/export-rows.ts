import type { LogPage, LogQuery, LogScope, LogStore, StoredLog } from "../../stores/ports/log-store.ts";
import { askStore } from "./ask-store.ts";
import { exportedBodies } from "./exported-bodies.ts";
import { logRow } from "./log-row.ts";

/** How rows become text. */
export interface ExportFormat {
  readonly contentType: string;
  /** What goes before the first row; empty for nothing. */
  readonly head: string;
  /** One line with its end. */
  readonly row: (row: Readonly<Record<string, unknown>>) => string;
  /** A line that is no row: how many rows came so far, how many were expected, whether they are all there. */
  readonly progress: (progress: ExportProgress) => string;
}

/** How far an export is. */
export interface ExportProgress {
  readonly rows: number;
  /** As counted at the start. */
  readonly of: number;
  readonly done: boolean;
}

/** Which rows, and how. */
export interface ExportQuestion extends Pick<LogQuery, "filters" | "search" | "orderBy" | "direction"> {
  readonly scope: LogScope;
  /** Rows at most; infinity for all. */
  readonly limit: number;
  readonly withBodies: boolean;
  readonly withProgress: boolean;
  readonly format: ExportFormat;
}

/** Rows read at a time; with bodies fewer, since a body may be megabytes. */
const pageRows = { withBodies: 20, without: 500 } as const;

/**
 * Asks for the first rows and answers with the text of all of them, page by page as it is taken; each page begins where the one before
 * ended, so rows that come in meanwhile repeat and displace nothing.
 * @throws ManagementError as `askStore` does, for the first page here, for others from `lines`.
 */
export async function exportRows(
  store: LogStore,
  question: ExportQuestion,
): Promise<{ total: number; isTotalExact: boolean; lines: AsyncGenerator<string, void> }> {
  const first = await askPage(store, question, { cursor: null, remaining: question.limit });
  const total = Math.min(first.total ?? first.logs.length, question.limit);
  return {
    total,
    isTotalExact: first.isTotalExact || total === question.limit,
    lines: exportLines(store, question, { first, total }),
  };
}

async function* exportLines(
  store: LogStore,
  question: ExportQuestion,
  { first, total }: { first: LogPage; total: number },
): AsyncGenerator<string, void> {
  const { format, withProgress, limit } = question;
  if (format.head !== "") yield format.head;
  let rows = 0;
  for (let page = first; ;) {
    let text = "";
    for (const log of page.logs) {
      const line = format.row(await exportedRow(store, question, log));
      if (question.withBodies) yield line;
      else text += line;
    }
    rows += page.logs.length;
    const done = page.nextCursor === null || rows >= limit;
    if (withProgress) text += format.progress({ rows, of: total, done });
    if (text !== "") yield text;
    if (done) return;
    page = await askPage(store, question, { cursor: page.nextCursor, remaining: limit - rows });
  }
}

async function exportedRow(
  store: LogStore,
  { scope, withBodies }: ExportQuestion,
  log: StoredLog,
): Promise<Record<string, unknown>> {
  const { request: _request, response: _response, ...row } = logRow(log);
  return withBodies ? { ...row, ...(await exportedBodies(store, scope, log)) } : row;
}

function askPage(
  store: LogStore,
  question: ExportQuestion,
  { cursor, remaining }: { cursor: string | null; remaining: number },
): Promise<LogPage> {
  const { scope, filters, search, orderBy, direction, withBodies } = question;
  const limit = Math.min(withBodies ? pageRows.withBodies : pageRows.without, remaining);
  const isFirst = cursor === null;
  return askStore(
    store.list(scope, {
      filters,
      search,
      orderBy,
      direction,
      limit,
      offset: 0,
      cursor,
      withTotal: isFirst,
      withRanges: false,
    }),
  );
}
