import { constants, Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * Opens a database to be looked at, so that not even a file beside it is left. Where nobody else has it open it is taken as one that never changes. Throws what
 * SQLite tells.
 */
export function openUnchanged(path: string): Database {
  if (existsSync(`${path}-wal`)) return new Database(path, { readonly: true });
  const flags = constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI;
  return new Database(`${pathToFileURL(path).href}?immutable=1`, flags);
}
