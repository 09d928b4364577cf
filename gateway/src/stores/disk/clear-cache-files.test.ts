import { expect, test } from "bun:test";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { clearCacheFiles } from "./clear-cache-files.ts";

const nowMs = 1_800_000_000_000;

test("clears away what is too old, what is left over, and what would be too old first while there is too much", async () => {
  using directory = temporaryDirectory();
  const put = (name: string, untilMs: number, blocks = 1): string => {
    const path = join(directory.path, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, Buffer.alloc(blocks * 4096));
    utimesSync(path, untilMs / 1000, untilMs / 1000);
    return path;
  };
  const gone = [put("00/old", nowMs - 1), put("01/dead.part", nowMs - 61_000)];
  const kept = [put("00/new", nowMs + 5000, 3), put("01/alive.part", nowMs - 1000)];
  const board = { usedBlocks: 0 };
  const clear = (maxBlocks: number) =>
    clearCacheFiles({ directory: directory.path, maxBytes: maxBlocks * 4096, board, nowMs });
  await clear(100);
  expect(gone.filter(existsSync)).toEqual([]);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  expect(board.usedBlocks).toBe(4);

  const soon = Array.from({ length: 20 }, (_, index) => put(`02/soon${index}`, nowMs + 100 + index));
  const late = Array.from({ length: 70 }, (_, index) => put(`03/late${index}`, nowMs + 1_000_000 + index));
  await clear(100);
  expect(board.usedBlocks).toBeLessThanOrEqual(80);
  expect(board.usedBlocks).toBeGreaterThan(75);
  expect(soon.filter(existsSync).length).toBeLessThan(10);
  expect(late.filter((path) => !existsSync(path))).toEqual([]);
  await clear(10);
  expect(board.usedBlocks).toBeLessThanOrEqual(8);
});
