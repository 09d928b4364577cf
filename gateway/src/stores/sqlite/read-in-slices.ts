import type { Database } from "bun:sqlite";
import { othersTurn } from "./others-turn.ts";
import type { Span } from "./plan-spans.ts";

/** Rows read without a pause, for about 5 ms. */
const SLICE_ROWS = 16_384;

/** Rows of one span of one table. */
interface SliceSource {
  readonly table: string;
  /** What tells the rows of the table apart, `at` first; each row begins with these. */
  readonly keys: readonly string[];
  /** Read behind the keys. */
  readonly columns: readonly string[];
  readonly span: Span;
  /** Further condition, empty for none. */
  readonly condition: string;
  readonly parameters: readonly (string | number)[];
}

/** Gives every row of a span to `take`, in the order of its keys; between slices others on this thread get their turn. */
export async function readInSlices(
  database: Database,
  { table, keys, columns, span, condition, parameters }: SliceSource,
  take: (row: readonly unknown[]) => void,
): Promise<void> {
  const chosen = condition === "" ? "" : `AND ${condition}`;
  const select = `SELECT ${[...keys, ...columns].join(", ")} FROM ${table}`;
  const order = `ORDER BY ${keys.join(", ")} LIMIT ${SLICE_ROWS}`;
  let rows = database
    .query(`${select} WHERE at >= ? AND at < ? ${chosen} ${order}`)
    .values(span.from, span.until, ...parameters);
  const places = keys.map(() => "?").join(", ");
  const further = `${select} WHERE (${keys.join(", ")}) > (${places}) AND at < ? ${chosen} ${order}`;
  for (;;) {
    for (const row of rows) take(row);
    if (rows.length < SLICE_ROWS) return;
    const position = (rows.at(-1) as unknown[]).slice(0, keys.length) as (string | number)[];
    await othersTurn();
    rows = database.query(further).values(...position, span.until, ...parameters);
  }
}
