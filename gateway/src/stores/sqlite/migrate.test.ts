import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  logFixtures,
  oldLogId,
  settingsFixtures,
  type VersionFixture,
} from "../../../test/support/databases-of-versions.ts";
import { sampleLog, sampleQuery, sampleStartMs } from "../../../test/support/sample-log.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { type Migration, migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";
import { applyRollUps } from "./roll-ups.ts";
import { settingsMigrations } from "./settings-migrations.ts";
import { openSqliteAnalyticsStore } from "./sqlite-analytics-store.ts";
import { openSqliteLogStore } from "./sqlite-log-store.ts";
import { openSqliteEventStore } from "./sqlite-event-store.ts";
import { openSqlitePriceStore } from "./sqlite-price-store.ts";
import { openSqliteSessionStore } from "./sqlite-session-store.ts";
import { openSqliteSettingsStore } from "./sqlite-settings-store.ts";

const allEvents = { type: null, budgetId: null, sinceMs: null, beforeMs: null, olderThan: null, limit: 10 };
const scope = { accountId: "default", gatewayId: "default" };
const databases = [
  { name: "headgate.db", steps: migrations, fixtures: logFixtures },
  { name: "settings.db", steps: settingsMigrations, fixtures: settingsFixtures },
] as const;

/** A database as a program of that version left it: each version wrote what it was first to keep. */
function makeOld(path: string, steps: readonly Migration[], fixtures: readonly VersionFixture[]): void {
  using database = new Database(path, { create: true, strict: true });
  database.run("PRAGMA journal_mode = WAL");
  for (const [index, { fill }] of fixtures.entries()) {
    migrate(database, steps.slice(0, index + 1));
    fill(database);
  }
}

function schemaOf(path: string): unknown[] {
  using database = new Database(path, { readonly: true });
  expect(database.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  return database.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").values();
}

function versionOf(path: string): number {
  using database = new Database(path, { readonly: true });
  return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}

test("steps that have been released are what they were, and every version has a fixture", () => {
  for (const { name, steps, fixtures } of databases) {
    const hashes = steps.map(({ sql }) => createHash("sha256").update(sql).digest("hex").slice(0, 16));
    // A new step takes a fixture in databases-of-versions.ts; a hash that changed, a step that has to be put back as it was.
    expect({ name, hashes }).toEqual({ name, hashes: fixtures.map(({ stepHash }) => stepHash) });
  }
});

for (const [index] of logFixtures.entries()) {
  const version = index + 1;
  test(`logs of version ${version} are all there in the newest one, and it takes new ones`, async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "headgate.db");
    makeOld(path, migrations, logFixtures.slice(0, version));
    expect(versionOf(path)).toBe(version);
    const database = openDatabase(path);
    const store = openSqliteLogStore(database, applyRollUps);
    expect(await store.checkpoints()).toEqual(new Map([["w0-1760000000000-00000001.hgj", 4711]]));
    for (let old = 1; old <= version; old += 1) {
      const id = oldLogId(old);
      expect(await store.get(scope, id)).toMatchObject({
        modelType: "chat",
        feedback: 1,
        score: 80,
        record: {
          provider: "openai",
          statusCode: 200,
          metadata: { user: "u1" },
          tokenId: old >= 4 ? "t1" : null,
          storedKey: null,
          usage: { inputTokens: 12, outputTokens: 34 },
          cost: { state: "priced", nanoUsd: 22_200, priceVersion: "2026-09-23" },
        },
      });
      expect((await store.body(scope, id, "response"))?.bytes.toString()).toBe(`{"answer":${old}}`);
      const found = await store.list(scope, sampleQuery({ search: `marmalade version${old}` }));
      expect(found.logs.map(({ record }) => record.id)).toEqual([id]);
    }
    const entry = { key: "metadata.entry", name: "user", operator: "eq", values: ["u1"] } as const;
    const byUser = await store.list(scope, sampleQuery({ filters: [entry], withTotal: true }));
    expect(byUser.total).toBe(version);
    const alias = { key: "byok_alias", operator: "eq", values: ["spare"] } as const;
    const byKey = await store.list(scope, sampleQuery({ filters: [alias] }));
    expect(byKey.logs.map(({ record }) => record.id)).toEqual(version >= 5 ? [oldLogId(5)] : []);

    const prices = openSqlitePriceStore(database);
    const kept = (await prices.list()).map(({ id, settings }) => ({ id, settings }));
    expect(kept).toEqual(version >= 3 ? [{ id: "p1", settings: { input_per_million: 1.5 } }] : []);

    const events = openSqliteEventStore(database);
    const told = await events.list({ ...allEvents, accountId: "default" });
    expect(told.map(({ event }) => event.threshold)).toEqual(version >= 6 ? [80] : []);
    expect(await events.pending("webhook", 10)).toEqual([]);

    const result = await store.ingest(
      [sampleLog(1000, { cost: { state: "priced", nanoUsd: 400, priceVersion: "1" } })],
      [],
    );
    expect(result).toMatchObject({ stored: 1 });
    // Told by a version that counted nothing yet, logs are not in the charts.
    const before = version >= 2 ? [3, 66_600] : [0, 0];
    const { groups } = await openSqliteAnalyticsStore(database).totals({
      fromMs: sampleStartMs - 60_000,
      toMs: sampleStartMs + 120_000,
      bucketStartsMs: null,
      dimensions: [],
      measures: ["requests", "cost_nano_usd"],
      filter: { all: [] },
    });
    expect(groups[0]?.measures).toEqual([(before[0] as number) + 1, (before[1] as number) + 400]);
    database.close();

    const fresh = join(directory.path, "fresh.db");
    openDatabase(fresh).close();
    expect(schemaOf(path)).toEqual(schemaOf(fresh));
    expect(versionOf(path)).toBe(migrations.length);
  });
}

for (const [index] of settingsFixtures.entries()) {
  const version = index + 1;
  test(`settings of version ${version} are all there in the newest one, and it takes new ones`, async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "settings.db");
    makeOld(path, settingsMigrations, settingsFixtures.slice(0, version));
    const database = openDatabase(path, { migrations: settingsMigrations, isDurable: true });
    const store = openSqliteSettingsStore(database);
    expect(await store.load()).toMatchObject({
      version: 1,
      createdAtMs: 10,
      objects: [{ kind: "gateway", id: "prod", value: { cache_ttl: 300, authentication: true }, createdAtMs: 11 }],
    });
    expect(await store.versions({ before: null, limit: 9 })).toMatchObject([{ version: 1, actor: { id: "t1" } }]);
    const query = { accountId: "default", sinceMs: null, beforeMs: null, olderThan: null, limit: 9 };
    expect(await store.audit(query)).toMatchObject([{ id: "a1", action: "gateway created" }]);
    const session = await openSqliteSessionStore(database).find("hash");
    expect(session?.userId ?? null).toBe(version >= 2 ? "u1" : null);
    const change = { accountId: "default", kind: "gateway", id: "next", before: null, after: {} } as const;
    const actor = { type: "system", id: "test", email: null, ip: null } as const;
    expect(await store.commit({ baseVersion: 1, atMs: 20, actor, source: "store", changes: [change], audit: [] })).toBe(
      2,
    );
    database.close();
    const fresh = join(directory.path, "fresh.db");
    openDatabase(fresh, { migrations: settingsMigrations }).close();
    expect(schemaOf(path)).toEqual(schemaOf(fresh));
  });
}

test("a step that fails leaves the version before it whole, and the next start goes on", () => {
  for (const { name, steps, fixtures } of databases) {
    using directory = temporaryDirectory();
    const path = join(directory.path, name);
    makeOld(path, steps, fixtures.slice(0, 1));
    const broken = [
      ...steps.slice(0, 1),
      { version: 2, sql: "CREATE TABLE half (a); INSERT INTO half VALUES (1); INSERT INTO missing VALUES (1);" },
    ];
    expect(() => openDatabase(path, { migrations: broken })).toThrow("no such table: missing");
    expect(versionOf(path)).toBe(1);
    expect(JSON.stringify(schemaOf(path))).not.toContain("half");
    openDatabase(path, { migrations: steps }).close();
    expect(versionOf(path)).toBe(steps.length);
  }
});

test("several processes that start together bring a database up to date once", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "headgate.db");
  makeOld(path, migrations, logFixtures.slice(0, 1));
  const program = `import { openDatabase } from ${JSON.stringify(join(import.meta.dir, "open-database.ts"))};
    openDatabase(${JSON.stringify(path)}).close();`;
  const starts = Array.from({ length: 4 }, () => Bun.spawn([process.execPath, "-e", program], { stderr: "pipe" }));
  const said = await Promise.all(starts.map((start) => start.stderr.text()));
  expect(said).toEqual(["", "", "", ""]);
  expect(versionOf(path)).toBe(migrations.length);
});

test("a database that is newer than the program is refused and not touched", () => {
  for (const { name, steps, fixtures } of databases) {
    using directory = temporaryDirectory();
    const path = join(directory.path, name);
    makeOld(path, steps, fixtures);
    {
      using database = new Database(path);
      database.run(`PRAGMA user_version = ${steps.length + 1}`);
      database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    const before = readFileSync(path);
    expect(() => openDatabase(path, { migrations: steps })).toThrow("it is older than its data");
    expect(readFileSync(path).equals(before)).toBe(true);
  }
});
