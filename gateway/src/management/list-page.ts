import { z } from "zod";
import { success } from "./envelope.ts";
import { queryInteger } from "./parse-query.ts";

/** Query of a list in numbered pages (reference §14.0). */
export const pageQuery = z.object({
  page: queryInteger({ min: 1, max: 1_000_000 }).default(1),
  per_page: queryInteger({ min: 1, max: 100 }).default(20),
});

/** Which page of a list is wanted. */
export interface PageQuery {
  /** From 1 on. */
  readonly page: number;
  readonly per_page: number;
}

/** One page of `rows`; pages beyond the end are empty, which ends clients' iterators (reference §14.0). */
export function pageOf(rows: readonly unknown[], { page, per_page: perPage }: PageQuery): Response {
  const shown = rows.slice((page - 1) * perPage, page * perPage);
  return success(shown, { count: shown.length, page, per_page: perPage, total_count: rows.length });
}
