import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { openCacheBoard } from "../../src/stores/disk/cache-board.ts";
import { openDiskCacheStore } from "../../src/stores/disk/disk-cache-store.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const writer = join(import.meta.dir, "../support/cache-until-killed.ts");

test("a process that is killed while it writes leaves whole answers and none that are cut", async () => {
  using directory = temporaryDirectory();
  mkdirSync(directory.path, { recursive: true });
  let leftOver = 0;
  for (let round = 0; round < 12; round += 1) {
    const child = Bun.spawn([process.execPath, writer, directory.path], { stdout: "pipe" });
    await child.stdout.getReader().read();
    await Bun.sleep(round * 3);
    child.kill("SIGKILL");
    await child.exited;
    const board = openCacheBoard(directory.path);
    const clock = { nowMs: () => Date.now() };
    const store = openDiskCacheStore({ directory: directory.path, maxBytes: 1_000_000_000, board, clock });
    for (let digit = 0; digit < 10; digit += 1) {
      const key = String(digit).repeat(64);
      const found = store.get(key, Date.now());
      expect(found?.head.origin).toBe(key);
      expect(found?.pieces).toHaveLength(20);
      expect(new Set(found?.pieces.flatMap(({ bytes }) => [...new Set(bytes)])).size).toBe(1);
    }
    expect(board.counts.unreadable).toBe(0);
    const left = (readdirSync(directory.path, { recursive: true }) as string[]).filter((path) =>
      path.endsWith(".part"),
    );
    leftOver += left.length;
    for (const path of left) {
      // The lease of a dead writer ends.
      const key = path.slice(0, 2) + path.slice(3, -".part".length);
      const now = Date.now() / 1000;
      utimesSync(join(directory.path, path), now, now);
      expect(store.write(key)).toBe("taken");
      const longAgo = Date.now() / 1000 - 60;
      utimesSync(join(directory.path, path), longAgo, longAgo);
      const next = store.write(key);
      expect(next).not.toBe("taken");
      if (next !== "taken") next?.discard({ reason: "vacated" });
    }
    store.close();
  }
  expect(leftOver).toBeGreaterThan(0);
}, 30_000);
