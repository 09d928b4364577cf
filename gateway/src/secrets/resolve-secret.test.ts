import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { resolveSecret } from "./resolve-secret.ts";

test("finds secrets in the environment and in files, and nothing elsewhere", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "secret");
  writeFileSync(path, "s3cret\n");
  process.env["HEADGATE_TEST_SECRET"] = "from the environment";
  expect(await resolveSecret("env:HEADGATE_TEST_SECRET")).toBe("from the environment");
  delete process.env["HEADGATE_TEST_SECRET"];
  expect(await resolveSecret("env:HEADGATE_TEST_SECRET")).toBeNull();
  expect(await resolveSecret(`file:${path}`)).toBe("s3cret");
  expect(await resolveSecret(`file:${path}-missing`)).toBeNull();
  expect(await resolveSecret("vault:x")).toBeNull();
  expect(await resolveSecret("plain")).toBeNull();
});
