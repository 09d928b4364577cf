import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSealedSettings } from "../../src/control/sealed-settings.ts";
import { isSealedSecret, type SealedSecret } from "../../src/core/sealed-secret.ts";
import type { SettingsObject } from "../../src/core/settings-object.ts";
import { type InstallationKeys, openInstallationKeys } from "../../src/secrets/installation-keys.ts";
import { loadKeys } from "../../src/secrets/load-keys.ts";
import { settingsFilePath, settingsFileText } from "../../src/settings/settings-file.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { settingsMigrations } from "../../src/stores/sqlite/settings-migrations.ts";
import { openSqliteSettingsStore } from "../../src/stores/sqlite/sqlite-settings-store.ts";
import { runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const oldKey = "01d0".repeat(16);
const newKey = "4e3e".repeat(16);
const program = join(import.meta.dir, "../support/rotate-until-killed.ts");
const count = 40;

let directory: ReturnType<typeof temporaryDirectory>;
let data: string;
beforeEach(() => {
  directory = temporaryDirectory();
  data = join(directory.path, "data");
  mkdirSync(data, { mode: 0o700 });
});
afterEach(() => directory[Symbol.dispose]());

const contextOf = (index: number) => ({ accountId: "default", kind: "secret" as const, id: `secret-${index}` });

/** Stores secrets sealed under the key of `environmentKey` or of the file; answers the keys of that time. */
async function fill(environmentKey: string | null): Promise<InstallationKeys> {
  const keys = openInstallationKeys(loadKeys({ dataDirectory: data, environmentKey }));
  const database = openDatabase(join(data, "settings.db"), { migrations: settingsMigrations, isDurable: true });
  const store = openSqliteSettingsStore(database);
  const objects = Array.from({ length: count }, (_, index) => {
    const context = contextOf(index);
    return { ...context, value: { name: `s${index}`, sealed: keys.seal(`text ${index}`, context), status: "active" } };
  });
  const actor = { type: "local", id: "test", email: null, ip: null } as const;
  const changes = objects.map(({ value, ...key }) => ({ ...key, before: null, after: value }));
  await store.commit({ baseVersion: 0, atMs: 5, actor, source: "store", changes, audit: [] });
  const part = { startId: "none", accounts: {}, providers: {} };
  writeFileSync(settingsFilePath(data), settingsFileText(await store.load(), part), { mode: 0o600 });
  database.close();
  return keys;
}

/** What the secrets of the database, and those told to workers, read now. */
async function texts(
  environmentKey: string | null,
): Promise<{ stored: string[]; told: string[]; keys: InstallationKeys }> {
  const keys = openInstallationKeys(loadKeys({ dataDirectory: data, environmentKey }));
  const database = openDatabase(join(data, "settings.db"), { migrations: settingsMigrations });
  const { objects } = await openSqliteSettingsStore(database).load();
  database.close();
  const told = (JSON.parse(readFileSync(settingsFilePath(data), "utf8")) as { objects: SettingsObject[] }).objects;
  const open = (list: readonly Pick<SettingsObject, "accountId" | "kind" | "id" | "value">[]): string[] =>
    list
      .flatMap(({ accountId, kind, id, value }) =>
        isSealedSecret(value["sealed"]) ? [keys.open(value["sealed"] as SealedSecret, { accountId, kind, id })] : [],
      )
      .toSorted();
  return { stored: open(objects), told: open(told), keys };
}

const expected = Array.from({ length: count }, (_, index) => `text ${index}`).toSorted();

/** Runs a rotation that kills itself before `step`; an empty one lets it end. Answers the steps it named. */
async function rotate(step: string, keys: { old: string; next: string }): Promise<string[]> {
  const child = Bun.spawn([process.execPath, program, data, step, keys.old, keys.next], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const named = (await new Response(child.stdout).text()).trim().split("\n");
  await child.exited;
  expect(child.signalCode).toBe(step === "" ? null : "SIGKILL");
  return named;
}

const toFile = [
  "write the new key",
  "note both keys",
  "seal anew",
  "sealed anew",
  "put the new key in its place",
  "note the new key",
];
const toEnvironment = ["note both keys", "seal anew", "sealed anew", "note the new key", "remove the old key"];

test("the steps are these", async () => {
  await fill(null);
  expect(await rotate("", { old: "", next: "" })).toEqual(toFile);
  expect(await rotate("", { old: "", next: newKey })).toEqual(toEnvironment);
  expect((await texts(newKey)).stored).toEqual(expected);
});

describe("killed before a step, a rotation", () => {
  test.each(toFile)(
    "in the file, %s: the next start ends it or never began it",
    async (step) => {
      const before = await fill(null);
      await rotate(step, { old: "", next: "" });
      {
        await using headgate = runHeadgateProcess({
          directory: directory.path,
          environment: { HEADGATE_WORKERS: "0" },
        });
        await servedUrl(headgate);
      }
      const after = await texts(null);
      expect(after.stored).toEqual(expected);
      expect(after.told).toEqual(expected);
      expect(after.keys.tokenHashKey).toEqual(before.tokenHashKey);
      expect(JSON.parse(readFileSync(join(data, "master-key.id"), "utf8"))).toMatchObject({
        next: null,
        source: "file",
      });
    },
    30_000,
  );

  test.each(toEnvironment)(
    "in the environment, %s: the same command ends it",
    async (step) => {
      const before = await fill(oldKey);
      await rotate(step, { old: oldKey, next: newKey });
      const isOver = step === "remove the old key";
      await using again = runHeadgateProcess({
        directory: directory.path,
        args: ["keys", "rotate"],
        environment: {
          HEADGATE_MASTER_KEY: isOver ? newKey : oldKey,
          HEADGATE_NEW_MASTER_KEY: isOver ? oldKey : newKey,
        },
      });
      expect(await again.exited()).toBe(0);
      const after = await texts(isOver ? oldKey : newKey);
      expect([after.stored, after.told]).toEqual([expected, expected]);
      expect(after.keys.tokenHashKey).toEqual(before.tokenHashKey);
    },
    30_000,
  );

  test("in the environment, without the new key: it is forgotten as long as nothing came of it, and asked for after", async () => {
    await fill(oldKey);
    const start = () =>
      runHeadgateProcess({
        directory: directory.path,
        environment: { HEADGATE_WORKERS: "0", HEADGATE_MASTER_KEY: oldKey },
      });
    await rotate("seal anew", { old: oldKey, next: newKey });
    {
      await using forgotten = start();
      await servedUrl(forgotten);
    }
    expect((await texts(oldKey)).stored).toEqual(expected);
    await rotate("note the new key", { old: oldKey, next: newKey });
    const marks = readFileSync(join(data, "master-key.id"), "utf8");
    {
      await using refused = start();
      expect(await refused.exited()).toBe(65);
      expect(refused.stderr()).toContain("A rotation of the master key was broken off");
    }
    expect(readFileSync(join(data, "master-key.id"), "utf8")).toBe(marks);
  }, 30_000);
});

describe("headgate keys", () => {
  const run = (args: readonly string[], environment: Record<string, string> = {}) =>
    runHeadgateProcess({ directory: directory.path, args: ["keys", ...args], environment });

  test("rotate makes a new file, leaves the times of secrets, and is in the audit log", async () => {
    await fill(null);
    const before = readFileSync(join(data, "master.key"), "utf8");
    await using rotated = run(["rotate"]);
    expect(await rotated.exited()).toBe(0);
    expect(rotated.stdout()).toMatch(
      /^The master key is now [0-9a-f]{16}, from .*master\.key; secrets sealed anew: 40\./,
    );
    expect(readFileSync(join(data, "master.key"), "utf8")).not.toBe(before);
    expect(rotated.stdout() + rotated.stderr()).not.toContain(readFileSync(join(data, "master.key"), "utf8").trim());
    expect((await texts(null)).stored).toEqual(expected);
    const database = openDatabase(join(data, "settings.db"), { migrations: settingsMigrations });
    const store = openSqliteSettingsStore(database);
    const { version, objects } = await store.load();
    expect(version).toBe(1);
    expect(new Set(objects.map(({ modifiedAtMs }) => modifiedAtMs))).toEqual(new Set([5]));
    const lines = await store.audit({ accountId: "", sinceMs: null, beforeMs: null, olderThan: null, limit: 10 });
    expect(lines.map(({ action, after }) => [action, after])).toEqual([["master key rotated", { resealed: 40 }]]);
    database.close();
  }, 30_000);

  test("rotate to the environment and back to the file", async () => {
    await fill(null);
    {
      await using there = run(["rotate"], { HEADGATE_NEW_MASTER_KEY: newKey });
      expect(await there.exited()).toBe(0);
    }
    expect(existsSync(join(data, "master.key"))).toBe(false);
    expect((await texts(newKey)).stored).toEqual(expected);
    {
      await using unclear = run(["rotate"], { HEADGATE_MASTER_KEY: newKey });
      expect(await unclear.exited()).toBe(65);
      expect(unclear.stderr()).toContain("HEADGATE_NEW_MASTER_KEY");
    }
    await using back = run(["rotate", "--to-file"], { HEADGATE_MASTER_KEY: newKey });
    expect(await back.exited()).toBe(0);
    expect((await texts(null)).stored).toEqual(expected);
  }, 30_000);

  test("a gateway that runs, a wrong key, the same key: refused, nothing changed", async () => {
    await fill(oldKey);
    const marks = readFileSync(join(data, "master-key.id"), "utf8");
    {
      await using wrong = run(["rotate"], { HEADGATE_MASTER_KEY: "0".repeat(64), HEADGATE_NEW_MASTER_KEY: newKey });
      expect(await wrong.exited()).toBe(65);
      await using same = run(["rotate"], { HEADGATE_MASTER_KEY: oldKey, HEADGATE_NEW_MASTER_KEY: oldKey });
      expect(await same.exited()).toBe(65);
      expect(same.stderr()).toContain("is the one in use");
    }
    await using running = runHeadgateProcess({
      directory: directory.path,
      environment: { HEADGATE_WORKERS: "0", HEADGATE_MASTER_KEY: oldKey },
    });
    await servedUrl(running);
    await using held = run(["rotate"], { HEADGATE_MASTER_KEY: oldKey, HEADGATE_NEW_MASTER_KEY: newKey });
    expect(await held.exited()).toBe(69);
    expect(readFileSync(join(data, "master-key.id"), "utf8")).toBe(marks);
  }, 30_000);

  test("status tells the key and whether every secret is under it, beside a gateway that runs too", async () => {
    const environment = { HEADGATE_MASTER_KEY: oldKey };
    {
      await using none = run(["status"], environment);
      expect(await none.exited()).toBe(0);
      expect(none.stdout()).toBe("There is no master key yet: one is made at the first start.\n");
    }
    await fill(oldKey);
    {
      await using fine = run(["status"], environment);
      expect(await fine.exited()).toBe(0);
      expect(fine.stdout()).toMatch(
        /^Master key [0-9a-f]{16}, from HEADGATE_MASTER_KEY\nEvery stored secret is under it\n$/,
      );
    }
    await rotate("note the new key", { old: oldKey, next: newKey });
    await using broken = run(["status"], environment);
    expect(await broken.exited()).toBe(0);
    expect(broken.stdout()).toMatch(/A rotation to [0-9a-f]{16}, from HEADGATE_MASTER_KEY, was broken off/);
    expect(broken.stdout()).toMatch(/Secrets are under [0-9a-f]{16}, too/);
  }, 30_000);
});

test("secrets of a key that is lost stay as they are and are counted", async () => {
  await fill(oldKey);
  using settings = openSealedSettings(data);
  const stranger = "feedfeedfeedfeed";
  let first = true;
  await settings.reseal((sealed) => {
    const changed = first ? { ...sealed, keyId: stranger } : sealed;
    first = false;
    return changed;
  });
  await using rotated = runHeadgateProcess({
    directory: directory.path,
    args: ["keys", "rotate"],
    environment: { HEADGATE_MASTER_KEY: oldKey, HEADGATE_NEW_MASTER_KEY: newKey },
  });
  expect(await rotated.exited()).toBe(0);
  expect(rotated.stdout()).toContain("secrets sealed anew:");
  expect(rotated.stdout()).toContain("left as they are: 1.");
  expect([...(await settings.keyIds())]).toContain(stranger);
}, 30_000);
