import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Migration, migrate } from "./migrate.ts";

/** The embedded database: one connection that writes, and one that only reads and never waits for it. */
export interface SqliteDatabase {
  readonly writer: Database;
  readonly reader: Database;
  /** Ends both connections; statements in use end with them. */
  close(): void;
}

/** What a database may differ in. */
export interface DatabaseOptions {
  /** Steps of its tables; those of logs, analytics and prices when absent. */
  readonly migrations?: readonly Migration[];
  /** Whether the newest transactions have to survive a power cut too; each then waits for the disk. Default false. */
  readonly isDurable?: boolean;
}

/** How long a connection waits for the lock of another process, in milliseconds. */
const busyTimeoutMs = 5000;

/** Page cache of each connection, in KiB. */
const cacheKib = 65_536;

/** Pages in the write-ahead log before they are copied to their places, 32 MiB: pages that change often are then copied once. */
const checkpointPages = 8000;

/**
 * Opens the database file, making it (for its owner alone) and bringing its tables up to date as needed.
 * Write-ahead logging with `synchronous = NORMAL`: a transaction survives the death of the process, the newest ones may not
 * survive a power cut. Throws what SQLite tells when the file cannot be opened, and when a newer version of the program made it.
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): SqliteDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const writer = new Database(path, { create: true, strict: true });
  try {
    chmodSync(path, 0o600);
    configure(writer);
    writer.run("PRAGMA journal_mode = WAL");
    writer.run(`PRAGMA synchronous = ${options.isDurable === true ? "FULL" : "NORMAL"}`);
    writer.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    writer.run("PRAGMA journal_size_limit = 67108864");
    migrate(writer, options.migrations);
    const reader = new Database(path, { readonly: true, strict: true });
    configure(reader);
    return {
      writer,
      reader,
      close() {
        reader.close();
        writer.close();
      },
    };
  } catch (error) {
    writer.close();
    throw error;
  }
}

function configure(database: Database): void {
  database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  database.run(`PRAGMA cache_size = -${cacheKib}`);
  database.run("PRAGMA temp_store = MEMORY");
  database.run("PRAGMA foreign_keys = ON");
}
