import type { Database } from "bun:sqlite";
import { migrations } from "./migrations.ts";

/** One step forward of the tables; there is none back. */
export interface Migration {
  /** 1, 2, 3 … without gaps, as in the name of its module. */
  readonly version: number;
  /** SQL statements, run in one transaction with the note that they ran. */
  readonly sql: string;
}

/**
 * Runs the steps the database does not have yet, each in a transaction of its own. Its version is SQLite's `user_version`.
 * Throws when the database is newer than the last step.
 */
export function migrate(database: Database, steps: readonly Migration[] = migrations): void {
  for (const [index, { version }] of steps.entries()) {
    if (version !== index + 1) throw new Error(`migration ${version} stands where ${index + 1} should`);
  }
  const current = versionOf(database);
  if (current > steps.length) {
    throw new Error(
      `the database has version ${current}, this program knows ${steps.length}: it is older than its data`,
    );
  }
  for (const { version, sql } of steps.slice(current)) {
    database
      .transaction(() => {
        // Another process may have been faster while this one waited for the lock.
        if (versionOf(database) >= version) return;
        database.run(sql);
        database.run(`PRAGMA user_version = ${version}`);
      })
      .immediate();
  }
}

function versionOf(database: Database): number {
  return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}
