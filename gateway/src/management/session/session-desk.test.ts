import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { openDatabase } from "../../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../../stores/sqlite/settings-migrations.ts";
import { openSqliteSessionStore } from "../../stores/sqlite/sqlite-session-store.ts";
import { openSessionDesk } from "./session-desk.ts";

const origin = { address: null, userAgent: null };

test("while nothing can be written people who are signed in stay so, and nobody else signs in", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
  let nowMs = 1_000_000;
  const desk = openSessionDesk({
    store: openSqliteSessionStore(database),
    sign: (text) => Bun.SHA256.hash(text, "hex"),
    randomBytes,
    clock: { nowMs: () => nowMs },
  });
  const { secret } = await desk.open("u1", origin);
  // SQLite then answers as on a disk that turned read-only.
  database.writer.run("PRAGMA query_only = ON");
  nowMs += 3_600_000;
  expect(await desk.find(secret)).toMatchObject({ userId: "u1" });
  await expect(desk.open("u2", origin)).rejects.toMatchObject({
    definition: { status: 503 },
    faults: [{ message: expect.stringContaining("the disk cannot be written to") as string }],
  });
  database.writer.run("PRAGMA query_only = OFF");
  expect(await desk.find(secret)).toMatchObject({ userId: "u1" });
  expect(await desk.open("u2", origin)).toMatchObject({ userId: "u2" });
  database.close();
});
