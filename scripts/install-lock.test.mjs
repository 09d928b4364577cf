import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { withInstallLock } from "./install-lock.mjs";

function inFolder(run) {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), "headgate-lock-"));
    try {
      await run(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** Processes that each read a number, wait, and write it one higher: any overlap loses a count. */
async function countInProcesses(folder, processes) {
  const source = `
    import { readFileSync, writeFileSync } from "node:fs";
    import { withInstallLock } from ${JSON.stringify(join(import.meta.dir, "install-lock.mjs"))};
    const counter = process.argv[1] + "/counter";
    await withInstallLock(process.argv[1], async () => {
      const count = Number(readFileSync(counter, "utf8"));
      await Bun.sleep(20);
      writeFileSync(counter, String(count + 1));
    }, () => {});`;
  writeFileSync(join(folder, "counter"), "0");
  const command = [process.execPath, "-e", source, folder];
  const children = Array.from({ length: processes }, () =>
    Bun.spawn(command, { stdout: "inherit", stderr: "inherit" }),
  );
  expect(await Promise.all(children.map((child) => child.exited))).toEqual(children.map(() => 0));
  return Number(readFileSync(join(folder, "counter"), "utf8"));
}

function leaveLockOf(folder, pid) {
  mkdirSync(join(folder, "install.lock"));
  const owner = { pid, host: hostname(), token: "dead" };
  writeFileSync(join(folder, "install.lock", "owner.json"), JSON.stringify(owner));
}

async function pidOfTheDead() {
  const child = Bun.spawn([process.execPath, "-e", "0"]);
  await child.exited;
  return child.pid;
}

test(
  "one at a time, and nothing stays behind",
  inFolder(async (folder) => {
    expect(await countInProcesses(folder, 5)).toBe(5);
    expect(readdirSync(folder)).toEqual(["counter"]);
  }),
);

test(
  "a lock whose owner died is taken over by exactly one at a time",
  inFolder(async (folder) => {
    leaveLockOf(folder, await pidOfTheDead());
    expect(await countInProcesses(folder, 5)).toBe(5);
    expect(readdirSync(folder).toSorted()).toEqual(["counter", "install.abandoned-dead"]);
  }),
);

test(
  "a living owner is waited for, which is said once",
  inFolder(async (folder) => {
    leaveLockOf(folder, process.pid);
    const said = [];
    let ran = false;
    const waiting = withInstallLock(
      folder,
      async () => (ran = true),
      (message) => said.push(message),
    );
    await Bun.sleep(500);
    expect({ ran, said: said.length }).toEqual({ ran: false, said: 1 });
    rmSync(join(folder, "install.lock"), { recursive: true });
    expect(await waiting).toBe(true);
  }),
);

test(
  "a task that fails gives the lock back",
  inFolder(async (folder) => {
    const failing = withInstallLock(
      folder,
      () => Promise.reject(new Error("no network")),
      () => {},
    );
    await expect(failing).rejects.toThrow("no network");
    expect(readdirSync(folder)).toEqual([]);
  }),
);
