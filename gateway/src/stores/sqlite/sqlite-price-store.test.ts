import { expect, test } from "bun:test";
import { join } from "node:path";
import { describePriceStore, type PriceStoreUnderTest } from "../../../test/contracts/price-store.contract.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { PriceStoreUnavailable } from "../ports/price-store.ts";
import { openDatabase } from "./open-database.ts";
import { openSqlitePriceStore } from "./sqlite-price-store.ts";

const entry = { id: "1", provider: "a", model: "m", fromMs: null, settings: null, createdAtMs: 1 };

function openStore(): PriceStoreUnderTest {
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  return {
    store: openSqlitePriceStore(database),
    dispose: () => {
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

describePriceStore("SQLite", openStore);

test("entries can neither be changed nor removed", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  await openSqlitePriceStore(database).add(entry);
  expect(() => database.writer.run("UPDATE price_entries SET model = 'x'")).toThrow("never changed");
  expect(() => database.writer.run("DELETE FROM price_entries")).toThrow("never removed");
  database.close();
});

test("a database without space is told as unavailable, and nothing of the call was done", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  const store = openSqlitePriceStore(database);
  const { page_count: pages } = database.writer.query("PRAGMA page_count").get() as { page_count: number };
  database.writer.run(`PRAGMA max_page_count = ${pages}`);
  const large = { ...entry, model: "m".repeat(1_000_000) };
  expect(store.add(large)).rejects.toBeInstanceOf(PriceStoreUnavailable);
  database.writer.run("PRAGMA max_page_count = 1000000");
  await store.add(large);
  expect(await store.list()).toHaveLength(1);
  database.close();
});
