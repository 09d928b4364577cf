import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { lockDataDirectory } from "./data-directory-lock.ts";

/** A process of ours that runs until the returned value is disposed of. */
function sleepingProcess(): { readonly pid: number } & AsyncDisposable {
  const child = Bun.spawn(["sleep", "60"]);
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

const lockIn = (directory: string): string => join(directory, "headgate.lock");

test("makes the directory for this user alone and gives it free again", () => {
  using parent = temporaryDirectory();
  const directory = join(parent.path, "a/data");
  const lock = lockDataDirectory(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(lockIn(directory), "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
});

test("a lock of a running process holds", async () => {
  using directory = temporaryDirectory();
  await using holder = sleepingProcess();
  writeFileSync(lockIn(directory.path), JSON.stringify({ pid: holder.pid, started: null }));
  expect(() => lockDataDirectory(directory.path)).toThrow(
    `Another gateway (process ${holder.pid}) uses the data directory`,
  );
});

test("locks of ended processes, of processes whose id went to another one, and broken ones are taken over", async () => {
  await using other = sleepingProcess();
  const ended = Bun.spawn(["true"]);
  await ended.exited;
  const stale = [
    JSON.stringify({ pid: ended.pid, started: null }),
    JSON.stringify({ pid: process.pid, started: "a former process with this id" }),
    ...(existsSync("/proc/self/stat") ? [JSON.stringify({ pid: other.pid, started: "an earlier boot/1" })] : []),
    "",
    "{",
  ];
  for (const content of stale) {
    using directory = temporaryDirectory();
    writeFileSync(lockIn(directory.path), content);
    const lock = lockDataDirectory(directory.path);
    expect(readdirSync(directory.path)).toEqual(["headgate.lock"]);
    expect(JSON.parse(readFileSync(lockIn(directory.path), "utf8"))).toMatchObject({ pid: process.pid });
    lock.release();
  }
});

test("release leaves the lock of another process alone", () => {
  using directory = temporaryDirectory();
  const lock = lockDataDirectory(directory.path);
  writeFileSync(lockIn(directory.path), "someone else's");
  lock.release();
  expect(readFileSync(lockIn(directory.path), "utf8")).toBe("someone else's");
});
