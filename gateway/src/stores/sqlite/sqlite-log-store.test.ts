import { describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { join } from "node:path";
import { describeLogRemoval } from "../../../test/contracts/log-removal.contract.ts";
import { describeLogStore } from "../../../test/contracts/log-store.contract.ts";
import type { LogStoreUnderTest } from "../../../test/contracts/log-store-under-test.ts";
import { sampleId, sampleLog, sampleQuery } from "../../../test/support/sample-log.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { type LogFilter, LogStoreUnavailable } from "../ports/log-store.ts";
import { readCandidates } from "./read-candidates.ts";
import { logCandidates } from "./log-candidates.ts";
import { findGateway } from "./log-gateways.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { openSqliteLogStore } from "./sqlite-log-store.ts";

const scope = { accountId: "default", gatewayId: "default" };

// There is no adapter in memory: this one runs on a file in some milliseconds, so tests elsewhere need no other.
function openStore(): LogStoreUnderTest {
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "data", "headgate.db"));
  return {
    store: openSqliteLogStore(database),
    dispose: () => {
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

describeLogStore("SQLite", openStore);
describeLogRemoval("SQLite", openStore);

describe("SQLite log store", () => {
  test("candidates come from an index in order, without sorting, whatever is asked", async () => {
    using directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "headgate.db"));
    const store = openSqliteLogStore(database);
    await store.ingest([sampleLog(1), sampleLog(2, { eventId: "e" })], []);
    const gateway = findGateway(database.reader, scope);
    if (gateway === null) throw new Error("no gateway");
    const eq = (
      key: "provider" | "model" | "success" | "event_id" | "cached",
      ...values: (string | boolean)[]
    ): LogFilter => ({
      key,
      operator: "eq",
      values,
    });
    const questions: [filters: LogFilter[], search: string | null, uses: RegExp][] = [
      [[], null, /logs_by_gateway/],
      [[{ key: "duration", operator: "gt", values: [5] }], null, /logs_by_gateway/],
      [[eq("provider", "openai")], null, /logs_by_provider \(gateway=\? AND provider=\? AND rowid/],
      [[eq("provider", "openai", "groq")], null, /MERGE \(UNION ALL\)[\s\S]*logs_by_provider/],
      [[eq("model", "a"), eq("provider", "openai")], null, /logs_by_model/],
      [[eq("success", false), eq("model", "a")], null, /logs_by_success/],
      [[eq("cached", true)], null, /logs_by_cached/],
      [[eq("event_id", "e")], null, /logs_by_event/],
      [[{ key: "metadata.entry", name: "user", operator: "eq", values: ["u1"] }], null, /log_entries VIRTUAL TABLE/],
      [[], "river", /log_search VIRTUAL TABLE/],
    ];
    for (const [filters, search, uses] of questions) {
      const candidates = logCandidates(gateway, { filters, search });
      const statements: string[] = [];
      const spied = new Proxy(database.reader, {
        get: (target, name) =>
          name === "prepare"
            ? (sql: string) => {
                statements.push(sql);
                return target.prepare(sql);
              }
            : Reflect.get(target, name),
      });
      for (const direction of ["asc", "desc"] as const) {
        readCandidates(spied, { candidates, gateway: gateway.gateway, direction });
      }
      const plans = statements.map((sql) =>
        database.reader
          .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => detail)
          .join("\n"),
      );
      expect(plans[0]).toMatch(uses);
      for (const plan of plans) expect(plan).not.toMatch(/SCAN logs/);
      expect(plans[0]).not.toContain("TEMP B-TREE");
      expect(plans[2]).not.toContain("TEMP B-TREE");
    }
    database.close();
  });

  test("pages ordered by provider and model come from their index", async () => {
    using directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "headgate.db"));
    for (const column of ["provider", "model", "success", "cached"]) {
      const plan = database.reader
        .query<{ detail: string }, []>(
          `EXPLAIN QUERY PLAN SELECT sequence, ${column} FROM logs WHERE (gateway = 1) AND (1) ORDER BY ${column} DESC, sequence DESC LIMIT 51`,
        )
        .all();
      expect(plan.map(({ detail }) => detail).join()).toMatch(
        new RegExp(`^SEARCH logs USING COVERING INDEX logs_by_${column} \\(gateway=\\?\\)$`),
      );
    }
    database.close();
  });

  test("an order that no index has is right over portions, and others get their turn between", async () => {
    using directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "headgate.db"));
    const store = openSqliteLogStore(database);
    const count = 45_000;
    const durationOf = (index: number): number => (index * 7919) % 1000;
    for (let from = 0; from < count; from += 5000) {
      const batch = Array.from({ length: 5000 }, (_, place) => {
        const index = from + place;
        return sampleLog(index, { durationMs: durationOf(index), ...(index % 3 === 0 ? { success: false } : {}) });
      });
      await store.ingest(batch, []);
    }
    let turns = 0;
    const failed = { key: "success", operator: "eq", values: [false] } as const;
    for (const direction of ["asc", "desc"] as const) {
      for (const filters of [[], [failed]]) {
        const sign = direction === "asc" ? 1 : -1;
        const expected = Array.from({ length: count }, (_, index) => index)
          .filter((index) => filters.length === 0 || index % 3 === 0)
          .toSorted((left, right) => sign * (durationOf(left) - durationOf(right) || left - right))
          .slice(0, 150)
          .map((index) => sampleLog(index).record.id);
        const found: string[] = [];
        let cursor: string | null = null;
        while (found.length < 150) {
          const counting = setImmediate(() => (turns += 1));
          const page = await store.list(
            scope,
            sampleQuery({ orderBy: "duration", direction, filters, limit: 50, cursor }),
          );
          clearImmediate(counting);
          found.push(...page.logs.map(({ record }) => record.id));
          cursor = page.nextCursor;
        }
        expect(found).toEqual(expected);
      }
    }
    expect(turns).toBe(12);
    database.close();
  });

  test("a full database is told as unavailable, keeps what it had, and takes the same batch once there is room", async () => {
    using directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "headgate.db"));
    const store = openSqliteLogStore(database);
    await store.ingest([sampleLog(1)], [{ segment: "w0-1", offset: 50 }]);
    const { page_count: pages } = database.writer.query("PRAGMA page_count").get() as { page_count: number };
    database.writer.run(`PRAGMA max_page_count = ${pages + 4}`);
    const request = Buffer.from(
      Array.from({ length: 2000 }, (_, index) => Math.imul(index, 2654435761).toString(36)).join(),
    );
    const batch = Array.from({ length: 50 }, (_, index) => sampleLog(index + 2, {}, { request }));
    const refused = await store.ingest(batch, [{ segment: "w0-1", offset: 90 }]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LogStoreUnavailable);
    expect(await store.checkpoints()).toEqual(new Map([["w0-1", 50]]));
    expect((await store.list(scope, sampleQuery())).logs).toHaveLength(1);
    database.writer.run("PRAGMA max_page_count = 1000000");
    expect(await store.ingest(batch, [{ segment: "w0-1", offset: 90 }])).toMatchObject({ stored: 50 });
    expect(await store.checkpoints()).toEqual(new Map([["w0-1", 90]]));
    database.close();
  });

  test("a search out of time gives what it has and a cursor, and going on finds the rest", async () => {
    using directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "headgate.db"));
    const store = openSqliteLogStore(database);
    const logs = Array.from({ length: 9000 }, (_, index) =>
      sampleLog(index, { durationMs: index % 3000 === 0 ? 7 : 1 }),
    );
    await store.ingest(logs, []);
    const slow: LogFilter = { key: "duration", operator: "gt", values: [5] };
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | null = null; ; pages += 1) {
      const page = await store.list(scope, sampleQuery({ filters: [slow], budgetMs: 0, cursor }));
      found.push(...page.logs.map(({ record }) => record.id));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(pages).toBeGreaterThan(3);
    expect(found).toEqual([sampleId(6000), sampleId(3000), sampleId(0)]);
    expect((await store.list(scope, sampleQuery({ filters: [slow] }))).logs).toHaveLength(3);
    database.close();
  });

  test("figures of roll-ups are written with the rows, for new records alone, and not when the rows are not", async () => {
    using directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "headgate.db"));
    database.writer.run("CREATE TABLE seen (id TEXT)");
    const store = openSqliteLogStore(database, (writer, records) => {
      for (const { id } of records) writer.query("INSERT INTO seen VALUES (?)").run(id);
      if (records.some(({ provider }) => provider === "fails")) throw new Error("no figures");
    });
    await store.ingest([sampleLog(1), sampleLog(2, { isLogged: false })], []);
    await store.ingest([sampleLog(1), sampleLog(3)], []);
    expect(await store.ingest([sampleLog(4, { provider: "fails" })], []).catch(String)).toContain("no figures");
    expect(database.reader.query("SELECT count(*) AS count FROM seen").get()).toEqual({ count: 3 });
    expect((await store.list(scope, sampleQuery())).logs).toHaveLength(2);
    database.close();
  });

  test("opens for its owner alone, brings tables up to date, and refuses what a later version made", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "headgate.db");
    openDatabase(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const database = new Database(path);
    expect(database.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    const { user_version: version } = database.query("PRAGMA user_version").get() as { user_version: number };
    expect(version).toBeGreaterThan(0);
    migrate(database);
    database.run("PRAGMA user_version = 999");
    database.close();
    expect(() => openDatabase(path)).toThrow("older than its data");
  });
});
