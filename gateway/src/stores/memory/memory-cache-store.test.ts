import { describe, expect, test } from "bun:test";
import { describeCacheStore } from "../../../test/contracts/cache-store.contract.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { openCacheBoard } from "../disk/cache-board.ts";
import { createMemoryCacheStore } from "./memory-cache-store.ts";

describeCacheStore("memory", () => {
  const directory = temporaryDirectory();
  const board = openCacheBoard(directory.path);
  const store = createMemoryCacheStore({ maxBytes: 8 * 1024 * 1024, board });
  return { store, board, dispose: () => directory[Symbol.dispose]() };
});

describe("the memory cache", () => {
  const store = createMemoryCacheStore({ maxBytes: 100_000, board: { isCurrent: () => true } });
  const put = (key: string, sizeBytes: number): void => {
    const writer = store.write(key);
    const times = { storedAtMs: 0, freshUntilMs: 9, usableUntilMs: 9 };
    writer?.begin({ status: 200, headers: [], origin: "", stamp: [], ...times });
    for (let left = sizeBytes; left > 0; left -= 1000) {
      writer?.add({ bytes: Buffer.alloc(Math.min(left, 1000)), atMs: 0 });
    }
    writer?.commit({ model: null, usage: null, costNanoUsd: null });
  };

  test("holds no more bytes than it may, and what was asked for last", () => {
    for (let index = 0; index < 50; index += 1) {
      put(`k${index}`, 10_000);
      expect(store.get("k0", 0)).not.toBeNull();
      expect(store.heldBytes).toBeLessThanOrEqual(100_000);
    }
    expect(store.get("k49", 0)).not.toBeNull();
    expect(store.get("k40", 0)).toBeNull();
  });

  test("takes in nothing that would push everything else out", () => {
    put("large", 26_000);
    expect(store.get("large", 0)).toBeNull();
    expect(store.get("k49", 0)).not.toBeNull();
  });

  test("holds nothing after it was closed", () => {
    store.close();
    expect([store.get("k49", 0), store.heldBytes]).toEqual([null, 0]);
  });
});
