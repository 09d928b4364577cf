import { expect, test } from "bun:test";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runHeadgateProcess, servedUrl, workerPids } from "../support/headgate-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const key = "5eed".repeat(16);

test.skipIf(process.platform !== "linux")(
  "the master key reaches children over their channel alone",
  async () => {
    await using headgate = runHeadgateProcess({ environment: { HEADGATE_WORKERS: "2", HEADGATE_MASTER_KEY: key } });
    await servedUrl(headgate);
    const shown = [key, Buffer.from(key, "hex").toString("base64"), Buffer.from(key, "hex").toString("base64url")];
    const control = headgate.logged("children_started")[0]?.["control"] as number;
    for (const pid of [control, ...workerPids(headgate)]) {
      for (const name of ["cmdline", "environ"]) {
        const text = readFileSync(`/proc/${pid}/${name}`, "utf8");
        for (const secret of shown) expect(text).not.toContain(secret);
      }
    }
    for (const secret of shown) expect(headgate.stdout() + headgate.stderr()).not.toContain(secret);
  },
  30_000,
);

test("without the key of its data the gateway does not start, and starts again when it is back", async () => {
  using directory = temporaryDirectory();
  const start = (environment: Record<string, string>) =>
    runHeadgateProcess({ directory: directory.path, environment: { HEADGATE_WORKERS: "1", ...environment } });
  {
    await using first = start({ HEADGATE_MASTER_KEY: key });
    await servedUrl(first);
  }
  const marks = readFileSync(join(directory.path, "data/master-key.id"), "utf8");
  for (const environment of [{}, { HEADGATE_MASTER_KEY: "0".repeat(64) }]) {
    await using refused = start(environment);
    expect(await refused.exited()).toBe(65);
    expect(refused.stderr()).toMatch(/^The master key .*is (?:missing|another one)/);
    expect(refused.stderr().trimEnd().split("\n")).toHaveLength(1);
    expect(refused.logged("children_started")).toEqual([]);
  }
  expect(readFileSync(join(directory.path, "data/master-key.id"), "utf8")).toBe(marks);
  await using again = start({ HEADGATE_MASTER_KEY: key });
  await servedUrl(again);
}, 40_000);

test("a key file that others may read, or that is gone, stops the start", async () => {
  using directory = temporaryDirectory();
  const start = () => runHeadgateProcess({ directory: directory.path, environment: { HEADGATE_WORKERS: "0" } });
  const keyFile = join(directory.path, "data/master.key");
  {
    await using first = start();
    await servedUrl(first);
  }
  chmodSync(keyFile, 0o644);
  {
    await using open = start();
    expect(await open.exited()).toBe(65);
    expect(open.stderr()).toContain("may be read by others (mode 0644)");
  }
  rmSync(keyFile);
  await using gone = start();
  expect(await gone.exited()).toBe(65);
  expect(gone.stderr()).toContain("The master key is missing");
}, 40_000);
