import { expect, test } from "bun:test";
import { join } from "node:path";
import { describeSettingsStore, type SettingsStoreUnderTest } from "../../../test/contracts/settings-store.contract.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { SettingsStoreUnavailable } from "../ports/settings-store.ts";
import { openDatabase, type SqliteDatabase } from "./open-database.ts";
import { settingsMigrations } from "./settings-migrations.ts";
import { pruneAuditLog } from "./prune-audit-log.ts";
import { openSqliteSettingsStore } from "./sqlite-settings-store.ts";

const open = (directory: string): SqliteDatabase =>
  openDatabase(join(directory, "settings.db"), { migrations: settingsMigrations, isDurable: true });

function openStore(): SettingsStoreUnderTest {
  const directory = temporaryDirectory();
  const database = open(directory.path);
  return {
    store: openSqliteSettingsStore(database),
    dispose: () => {
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

describeSettingsStore("SQLite", openStore);

/** An id as made at a time, in the order of `index`. */
function newIdAt(atMs: number, index: number): string {
  const time = atMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(index).padStart(12, "0")}`;
}

const commit = {
  baseVersion: 0,
  atMs: 1,
  actor: { type: "system", id: "test", email: null, ip: null },
  source: "store",
  changes: [{ accountId: "a", kind: "gateway", id: "g", before: null, after: {} }],
  audit: [],
} as const;

test("history and audit log can neither be changed nor removed", async () => {
  using directory = temporaryDirectory();
  const database = open(directory.path);
  const draft = { accountId: "a", action: "x", resourceType: "x", resourceId: "x", before: null, after: null };
  const entry = { id: "1", atMs: Date.now() - 29 * 86_400_000, actor: commit.actor, ...draft };
  await openSqliteSettingsStore(database).commit({ ...commit, audit: [entry] });
  for (const table of ["settings_history", "audit_log"]) {
    expect(() => database.writer.run(`UPDATE ${table} SET at_ms = 2`)).toThrow("never changed");
    expect(() => database.writer.run(`DELETE FROM ${table}`)).toThrow("never removed");
  }
  database.close();
});

test("lines of the audit log go when they are older than is kept, a step at a time, the oldest first", async () => {
  using directory = temporaryDirectory();
  const database = open(directory.path);
  const store = openSqliteSettingsStore(database);
  const nowMs = Date.now();
  const draft = { accountId: "a", action: "x", resourceType: "x", resourceId: "x", before: null, after: null };
  const line = (daysAgo: number, index: number) => {
    const atMs = nowMs - daysAgo * 86_400_000 - 1000;
    return { id: newIdAt(atMs, index), atMs, actor: commit.actor, ...draft };
  };
  const old = Array.from({ length: 1003 }, (_none, index) => line(400, index));
  await store.commit({ ...commit, audit: [...old, line(399, 0), line(0, 0)] });
  const steps = [1, 2, 3].map(() => pruneAuditLog(database.writer, 400, nowMs));
  expect(steps).toEqual([1000, 3, 0]);
  const query = { accountId: null, sinceMs: null, beforeMs: null, olderThan: null, limit: 9 };
  expect((await store.audit(query)).map(({ id }) => id)).toEqual([line(0, 0).id, line(399, 0).id]);
  expect(() => pruneAuditLog(database.writer, -1, nowMs)).toThrow("never removed before thirty days");
  database.close();
});

test("a database without space is told as unavailable, and nothing of the call was done", async () => {
  using directory = temporaryDirectory();
  const database = open(directory.path);
  const store = openSqliteSettingsStore(database);
  const { page_count: pages } = database.writer.query("PRAGMA page_count").get() as { page_count: number };
  database.writer.run(`PRAGMA max_page_count = ${pages}`);
  const changes = [{ ...commit.changes[0], after: { text: "m".repeat(1_000_000) } }];
  expect(store.commit({ ...commit, changes })).rejects.toBeInstanceOf(SettingsStoreUnavailable);
  expect(await store.load()).toMatchObject({ version: 0, objects: [] });
  database.writer.run("PRAGMA max_page_count = 1000000");
  expect(await store.commit({ ...commit, changes })).toBe(1);
  database.close();
});
