import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { openCacheBoard } from "./cache-board.ts";

test("a purge counts at once in every process that has the board open", () => {
  using directory = temporaryDirectory();
  const mine = openCacheBoard(directory.path);
  const stamp = mine.stamp(["gateway a/b", "tag t"]);
  const other = mine.stamp(["gateway a/c"]);
  const script = `
    import { openCacheBoard } from ${JSON.stringify(join(import.meta.dir, "cache-board.ts"))};
    const board = openCacheBoard(${JSON.stringify(directory.path)});
    if (!board.isCurrent(${JSON.stringify(stamp)})) process.exit(1);
    board.purge("tag t");
    board.addBlocks(7);
  `;
  expect(Bun.spawnSync([process.execPath, "-e", script]).exitCode).toBe(0);
  expect([mine.isCurrent(stamp), mine.isCurrent(other), mine.usedBlocks]).toEqual([false, true, 7]);
  mine.addBlocks(-9);
  expect(mine.usedBlocks).toBe(0);
  mine.purge(null);
  expect(mine.isCurrent(other)).toBe(false);
});

test("a board that was lost or cut makes everything before it count no more", () => {
  using directory = temporaryDirectory();
  const stamp = openCacheBoard(directory.path).stamp([]);
  expect(openCacheBoard(directory.path).isCurrent(stamp)).toBe(true);
  writeFileSync(join(directory.path, "board"), "cut");
  const board = openCacheBoard(directory.path);
  expect(board.isCurrent(stamp)).toBe(false);
  expect(board.isCurrent(board.stamp(["x"]))).toBe(true);
});
