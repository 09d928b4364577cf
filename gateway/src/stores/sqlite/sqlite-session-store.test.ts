import { expect, test } from "bun:test";
import { join } from "node:path";
import { describeSessionStore, type SessionStoreUnderTest } from "../../../test/contracts/session-store.contract.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { SettingsStoreUnavailable } from "../ports/settings-store.ts";
import { openDatabase } from "./open-database.ts";
import { settingsMigrations } from "./settings-migrations.ts";
import { openSqliteSessionStore } from "./sqlite-session-store.ts";

function openStore(): SessionStoreUnderTest {
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
  return {
    store: openSqliteSessionStore(database),
    dispose: () => {
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

describeSessionStore("SQLite", openStore);

test("a database without space is told as unavailable", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
  const { page_count: pages } = database.writer.query("PRAGMA page_count").get() as { page_count: number };
  database.writer.run(`PRAGMA max_page_count = ${pages}`);
  const times = { createdAtMs: 1, usedAtMs: 1, endsAtMs: 1 };
  const session = { idHash: "x".repeat(1_000_000), userId: "u", ...times, address: null, userAgent: null };
  await expect(openSqliteSessionStore(database).add(session)).rejects.toBeInstanceOf(SettingsStoreUnavailable);
  database.close();
});
