import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { loadKeys } from "../secrets/load-keys.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { finishRestore } from "./finish-restore.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";

const support = join(import.meta.dir, "../../test/support");
const snapshotCommand = [process.execPath, join(import.meta.dir, "../main.ts"), "role", "snapshot"];

/** An installation as a gateway that was stopped leaves it; `name` is in its settings. */
function makeInstallation(dataDirectory: string, name: string): void {
  mkdirSync(dataDirectory, { recursive: true });
  const settings = openDatabase(join(dataDirectory, "settings.db"), { migrations: settingsMigrations });
  settings.writer.run("INSERT INTO settings_objects VALUES ('', 'user', ?, '{}', 'store', 1, 1)", [name]);
  settings.close();
  openDatabase(join(dataDirectory, "headgate.db")).close();
  mkdirSync(join(dataDirectory, "journal"));
  writeFileSync(join(dataDirectory, "journal/w0-1-00000001.hgj"), `journal of ${name}`);
  writeFileSync(join(dataDirectory, "prices.json"), `prices of ${name}`);
  writeFileSync(join(dataDirectory, "hash.key"), `hash key of ${name}`);
  loadKeys({ dataDirectory, environmentKey: null });
}

async function backUp(dataDirectory: string, target: string): Promise<void> {
  await takeBackup({ dataDirectory, target, withMasterKey: true, version: "1.2.3", nowMs: 1e12, snapshotCommand });
}

function restore(source: string, dataDirectory: string, force = true) {
  return restoreBackup({ source, dataDirectory, force, environmentKey: null, nowMs: 1.1e12 });
}

/** Whose installation it is, all of it. */
function ownerOf(dataDirectory: string): string {
  using database = new Database(join(dataDirectory, "settings.db"), { readonly: true });
  const { id } = database.query("SELECT id FROM settings_objects").get() as { id: string };
  expect(readFileSync(join(dataDirectory, "prices.json"), "utf8")).toBe(`prices of ${id}`);
  expect(readFileSync(join(dataDirectory, "hash.key"), "utf8")).toBe(`hash key of ${id}`);
  expect(readFileSync(join(dataDirectory, "journal/w0-1-00000001.hgj"), "utf8")).toBe(`journal of ${id}`);
  expect(loadKeys({ dataDirectory, environmentKey: null }).masterKey).toBeString();
  return id;
}

test("a restore killed at any step leaves the old installation whole, or the next start ends it with the new one whole", async () => {
  using place = temporaryDirectory();
  const source = join(place.path, "new.tar");
  makeInstallation(join(place.path, "new"), "new");
  makeInstallation(join(place.path, "old"), "old");
  await backUp(join(place.path, "new"), source);
  const killedAt = (step: string, dataDirectory: string): string[] => {
    cpSync(join(place.path, "old"), dataDirectory, { recursive: true });
    const program = join(support, "restore-until-killed.ts");
    const run = Bun.spawnSync([process.execPath, program, source, dataDirectory, step]);
    expect(run.signalCode ?? "none").toBe(step === "" ? "none" : "SIGKILL");
    return run.stdout.toString().trim().split("\n");
  };
  const steps = killedAt("", join(place.path, "whole"));
  expect(ownerOf(join(place.path, "whole"))).toBe("new");
  expect(steps.length).toBeGreaterThan(15);
  const outcomes = steps.map((step, index) => {
    const dataDirectory = join(place.path, `killed-${index}`);
    killedAt(step, dataDirectory);
    finishRestore(dataDirectory);
    const owner = ownerOf(dataDirectory);
    if (owner === "new") {
      expect(existsSync(join(dataDirectory, "restore.json"))).toBe(false);
      const aside = readdirSync(dataDirectory).find((name) => name.startsWith("before-restore-")) as string;
      expect(ownerOf(join(dataDirectory, aside))).toBe("old");
    }
    // Whatever it was, a restore works now.
    restore(source, dataDirectory);
    expect(ownerOf(dataDirectory)).toBe("new");
    return owner;
  });
  const turn = outcomes.indexOf("new");
  expect(steps[turn]).toBe("noted");
  expect(outcomes).toEqual(steps.map((_, index) => (index < turn ? "old" : "new")));
}, 60_000);

test("what is damaged, newer, foreign, missing or in the way is refused with a word, and nothing changes", async () => {
  using place = temporaryDirectory();
  const path = (name: string): string => join(place.path, name);
  makeInstallation(path("new"), "new");
  makeInstallation(path("old"), "old");
  await backUp(path("new"), path("good.tar"));
  await backUp(path("new"), path("good"));
  const whole = readFileSync(path("good.tar"));
  const variant = (name: string, change: (directory: string) => void): string => {
    cpSync(path("good"), path(name), { recursive: true });
    change(path(name));
    return path(name);
  };
  const flipped = Buffer.from(whole);
  flipped[515] = (flipped[515] as number) ^ 1;
  writeFileSync(path("flipped.tar"), flipped);
  const wrongHeader = Buffer.from(whole);
  wrongHeader[101] = 0x37;
  writeFileSync(path("header.tar"), wrongHeader);
  writeFileSync(path("short.tar"), whole.subarray(0, whole.length - 3000));
  writeFileSync(path("none.tar"), "no archive".repeat(100));
  const changeManifest = (directory: string, change: (text: string) => string): void => {
    const manifest = join(directory, "manifest.json");
    writeFileSync(manifest, change(readFileSync(manifest, "utf8")));
  };
  const cases: readonly (readonly [source: string, told: RegExp])[] = [
    [path("flipped.tar"), /hash\.key was changed/],
    [path("header.tar"), /the checksum of a header is wrong/],
    [path("short.tar"), /it ends|broken off/],
    [path("none.tar"), /it is no tar archive/],
    [path("absent.tar"), /is not there/],
    [variant("missing", (directory) => void truncateSync(join(directory, "settings.db"))), /settings\.db was changed/],
    [variant("stranger", (directory) => writeFileSync(join(directory, "extra"), "")), /"extra", which no backup has/],
    [
      variant("segment", (directory) => writeFileSync(join(directory, "journal/w9-1-1.hgj"), "")),
      /w9-1-1\.hgj is not of the backup/,
    ],
    [
      variant("newer", (directory) =>
        changeManifest(directory, (text) => text.replace(/"settings": \d+/, '"settings": 999')),
      ),
      /of a newer version, 1\.2\.3/,
    ],
    [
      variant("format", (directory) => changeManifest(directory, (text) => text.replace('"format": 1', '"format": 2'))),
      /format 2, expected 1/,
    ],
    [
      variant("escape", (directory) => changeManifest(directory, (text) => text.replaceAll("hash.key", "../hash.key"))),
      /does not say what the backup holds/,
    ],
  ];
  for (const [source, told] of cases) {
    expect(() => restore(source, path("old"))).toThrow(told);
    expect(ownerOf(path("old"))).toBe("old");
    expect(readdirSync(path("old")).filter((name) => name.startsWith("restore"))).toEqual([]);
    expect(() => restore(source, path("fresh"))).toThrow(told);
    expect(existsSync(path("fresh"))).toBe(false);
  }
  expect(() => restore(path("good.tar"), path("old"), false)).toThrow("--force");
  expect(restore(path("good.tar"), path("old"))).toMatchObject({ keyFrom: "backup" });
  expect(ownerOf(path("old"))).toBe("new");
}, 30_000);

test("a target that is there is not written over, and where nothing can be written nothing is left", async () => {
  using place = temporaryDirectory();
  const data = join(place.path, "data");
  makeInstallation(data, "one");
  writeFileSync(join(place.path, "taken.tar"), "mine");
  await expect(backUp(data, join(place.path, "taken.tar"))).rejects.toThrow("is there already");
  expect(readFileSync(join(place.path, "taken.tar"), "utf8")).toBe("mine");
  await expect(backUp(data, join(place.path, "taken.tar/below.tar"))).rejects.toThrow("cannot be written");
  await expect(backUp(join(place.path, "none"), join(place.path, "x.tar"))).rejects.toThrow("nothing to back up");
  expect(readdirSync(place.path).sort()).toEqual(["data", "taken.tar"]);
});
