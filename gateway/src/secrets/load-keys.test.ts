import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { openInstallationKeys } from "./installation-keys.ts";
import { type KeyMaterial, loadKeys } from "./load-keys.ts";
import { MasterKeyError } from "./master-key-error.ts";

const sentence = "a sentence of more than 32 characters";
const context = { accountId: "acc", kind: "secret", id: "s1" };

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const path = (name: string): string => join(directory.path, name);
const load = (environmentKey: string | null = null): KeyMaterial =>
  loadKeys({ dataDirectory: directory.path, environmentKey });

/** What `load` refuses with, after a look that it changed nothing. */
function refusal(environmentKey: string | null = null): string {
  const before = snapshot();
  try {
    load(environmentKey);
  } catch (error) {
    expect(error).toBeInstanceOf(MasterKeyError);
    expect(snapshot()).toEqual(before);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

function snapshot(): Record<string, string> {
  return Object.fromEntries(readdirSync(directory.path).map((name) => [name, readFileSync(path(name), "utf8")]));
}

test("the first start makes a key that only its owner may read; later ones find it", () => {
  const first = load();
  expect(readdirSync(directory.path).toSorted()).toEqual(["master-key.id", "master.key"]);
  for (const name of ["master-key.id", "master.key"]) expect(statSync(path(name)).mode & 0o777).toBe(0o600);
  expect(readFileSync(path("master.key"), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  expect(load()).toEqual(first);
});

test("with a key in the environment no key file is made", () => {
  const first = load(sentence);
  expect(readdirSync(directory.path)).toEqual(["master-key.id"]);
  expect(load(sentence)).toEqual(first);
});

test("the same key may come from the environment instead of the file", () => {
  const first = load();
  expect(load(readFileSync(path("master.key"), "utf8").trim())).toEqual(first);
});

test("the fingerprint file holds neither key nor root", () => {
  const { masterKey, rootKey } = load();
  const text = readFileSync(path("master-key.id"), "utf8");
  for (const secret of [masterKey, rootKey]) {
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      expect(text).not.toContain(Buffer.from(secret, "base64url").toString(encoding).slice(0, 42));
    }
  }
});

test("a key file that is gone stops the start, without another being made", () => {
  load();
  rmSync(path("master.key"));
  const message = refusal();
  expect(message).toMatch(
    /^The master key is missing\. Start with the one that was in .*master\.key, fingerprint [0-9a-f]{16}\./,
  );
  expect(message).toContain("Nothing was changed.");
});

test("a key that is not given any more stops the start", () => {
  load(sentence);
  expect(refusal()).toContain("Start with the one that was given in HEADGATE_MASTER_KEY");
});

test("another key stops the start, wherever it is from, and is not shown", () => {
  load(sentence);
  const message = refusal(`${sentence}, another`);
  expect(message).toMatch(/^The master key in HEADGATE_MASTER_KEY is another one, fingerprint [0-9a-f]{16}\./);
  expect(message).not.toContain("sentence");
  writeFileSync(path("master.key"), `${"ab".repeat(32)}\n`, { mode: 0o600 });
  expect(refusal()).toMatch(/^The master key in .*master\.key is another one/);
});

test.each([0o640, 0o604, 0o660, 0o644])("a key file of mode %o is refused", (mode) => {
  load();
  chmodSync(path("master.key"), mode);
  expect(refusal()).toContain(`may be read by others (mode 0${mode.toString(8)})`);
});

test.each([
  ["master.key", "", "does not hold a master key: 64 hexadecimal characters are expected"],
  ["master.key", "not a key at all, but longer than thirty-two characters", "does not hold a master key"],
  ["master-key.id", "{", "does not say which master key is in use"],
  ["master-key.id", '{"format":2}', "does not say which master key is in use"],
])("%s with %j is refused", (name, text, message) => {
  load();
  writeFileSync(path(name), text);
  expect(refusal()).toContain(message);
});

test("keys out of the same material do the same; each use has a key of its own", () => {
  const material = load();
  const [one, two] = [openInstallationKeys(material), openInstallationKeys(load())];
  expect(two.open(one.seal("text", context), context)).toBe("text");
  expect(two.tokenHashKey).toEqual(one.tokenHashKey);
  expect(two.sessionKey).toEqual(one.sessionKey);
  expect(one.tokenHashKey).toHaveLength(32);
  expect(one.tokenHashKey).not.toEqual(one.sessionKey);
});

test("where the fingerprint is gone, no new key takes the place of one that secrets are under", () => {
  const keys = openInstallationKeys(load(sentence));
  const told = { format: 1, version: 1, objects: [{ value: { sealed: keys.seal("text", context) } }] };
  writeFileSync(path("settings.json"), JSON.stringify(told));
  rmSync(path("master-key.id"));
  expect(refusal()).toMatch(
    /master-key\.id is gone, and secrets are sealed under the master key [0-9a-f]{16}, which is not there either/,
  );
  expect(refusal(`${sentence}, another`)).toContain("which is not the one given");
  expect(openInstallationKeys(load(sentence)).open(keys.seal("again", context), context)).toBe("again");
});
