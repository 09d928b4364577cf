import { SQLiteError } from "bun:sqlite";

/** Result codes that have passed when there is space, the lock is free or the disk answers again. */
const unavailableCodes = /^SQLITE_(?:FULL|IOERR|BUSY|LOCKED|CANTOPEN|READONLY|PROTOCOL|NOMEM|CORRUPT|NOTADB)/;

/** Whether this is what SQLite says about space, locks and files, not about the question. */
export function isUnavailable(error: unknown): error is SQLiteError {
  return error instanceof SQLiteError && unavailableCodes.test(error.code ?? "");
}
