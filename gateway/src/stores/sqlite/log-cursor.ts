import { InvalidLogQuery, type LogQuery } from "../ports/log-store.ts";

/** Where a page ended: the value it was ordered by, and the row. */
export interface LogCursor {
  readonly value: string | number | null;
  readonly sequence: number;
}

/** A cursor as callers keep it, tied to its order. */
export function writeCursor({ orderBy, direction }: Pick<LogQuery, "orderBy" | "direction">, at: LogCursor): string {
  return Buffer.from(JSON.stringify([orderBy, direction, at.sequence, at.value])).toString("base64url");
}

/** @throws InvalidLogQuery when it is no cursor, or of another order. */
export function readCursor({ cursor, orderBy, direction }: LogQuery): LogCursor | null {
  if (cursor === null) return null;
  const parts = parsed(cursor);
  if (!Array.isArray(parts) || parts.length !== 4) throw new InvalidLogQuery("not a cursor", ["cursor"]);
  const [order, way, sequence, value] = parts as unknown[];
  if (order !== orderBy || way !== direction) throw new InvalidLogQuery("cursor of another order", ["cursor"]);
  const isValue = value === null || typeof value === "string" || typeof value === "number";
  if (!Number.isSafeInteger(sequence) || !isValue) throw new InvalidLogQuery("not a cursor", ["cursor"]);
  return { value, sequence: sequence as number };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
