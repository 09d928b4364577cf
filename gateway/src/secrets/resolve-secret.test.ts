import { expect, test } from "bun:test";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { createSecretResolver } from "./resolve-secret.ts";

const resolveSecret = createSecretResolver("/nowhere");

test("finds secrets in the environment and in files, and nothing elsewhere", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "secret");
  writeFileSync(path, "s3cret\n");
  process.env["SOME_TEST_SECRET"] = "from the environment";
  expect(await resolveSecret("env:SOME_TEST_SECRET")).toBe("from the environment");
  delete process.env["SOME_TEST_SECRET"];
  expect(await resolveSecret("env:SOME_TEST_SECRET")).toBeNull();
  expect(await resolveSecret(`file:${path}`)).toBe("s3cret");
  expect(await resolveSecret(`file:${path}-missing`)).toBeNull();
  expect(await resolveSecret("vault:x")).toBeNull();
  expect(await resolveSecret("plain")).toBeNull();
});

test("hands out neither the gateway's own settings nor what is no file of a secret's size", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "secret");
  process.env["HEADGATE_TEST_SECRET"] = "own";
  expect(await resolveSecret("env:HEADGATE_TEST_SECRET")).toBeNull();
  delete process.env["HEADGATE_TEST_SECRET"];
  writeFileSync(path, "x".repeat(65_536));
  expect(await resolveSecret(`file:${path}`)).toHaveLength(65_536);
  writeFileSync(path, "x".repeat(65_537));
  expect(await resolveSecret(`file:${path}`)).toBeNull();
  expect(await resolveSecret(`file:${directory.path}`)).toBeNull();
  if (process.platform === "linux") expect(await resolveSecret("file:/dev/zero")).toBeNull();
});

test("hands out no file of the data directory, however it is called", async () => {
  using directory = temporaryDirectory();
  using data = temporaryDirectory();
  const own = createSecretResolver(data.path);
  const key = join(data.path, "master.key");
  const link = join(directory.path, "link");
  writeFileSync(key, "s3cret");
  symlinkSync(key, link);
  for (const path of [key, `${data.path}/../${basename(data.path)}/master.key`, link]) {
    expect(await own(`file:${path}`)).toBeNull();
    expect(await resolveSecret(`file:${path}`)).toBe("s3cret");
  }
  writeFileSync(`${data.path}-beside`, "s3cret");
  expect(await own(`file:${data.path}-beside`)).toBe("s3cret");
  rmSync(`${data.path}-beside`);
});
