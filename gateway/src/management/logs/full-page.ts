import type { LogPage, LogQuery, LogScope, LogStore } from "../../stores/ports/log-store.ts";
import { askStore } from "./ask-store.ts";

/**
 * A page that is short only at the end of the logs: a store may end a long search early, and clients take a short or empty page for
 * the last one. Total and ranges are those of the first answer.
 * @throws ManagementError as `askStore` does.
 */
export async function fullPage(store: LogStore, scope: LogScope, query: LogQuery): Promise<LogPage> {
  const first = await askStore(store.list(scope, query));
  const logs = [...first.logs];
  let { nextCursor } = first;
  while (nextCursor !== null && logs.length < query.limit) {
    const more: LogQuery = {
      ...query,
      limit: query.limit - logs.length,
      cursor: nextCursor,
      withTotal: false,
      withRanges: false,
    };
    const page = await askStore(store.list(scope, more));
    logs.push(...page.logs);
    nextCursor = page.nextCursor;
  }
  return { ...first, logs, nextCursor };
}
