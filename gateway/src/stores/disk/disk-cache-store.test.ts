import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describeCacheStore } from "../../../test/contracts/cache-store.contract.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import type { AnswerWriter } from "../ports/cache-store.ts";
import { openCacheBoard } from "./cache-board.ts";
import { type DiskCacheStore, openDiskCacheStore } from "./disk-cache-store.ts";

const clock = { nowMs: () => Date.now() };
const key = "ab".padEnd(64, "0");
let directory: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const open = (maxBytes = 1_000_000_000) => {
  const board = openCacheBoard(directory.path);
  return { board, store: openDiskCacheStore({ directory: directory.path, maxBytes, board, clock }) };
};
/** A writer where nobody else writes. */
const writing = (store: DiskCacheStore, name: string): AnswerWriter | null => {
  const writer = store.write(name);
  return writer === "taken" ? null : writer;
};
const put = (store: DiskCacheStore, text: string, stamp: readonly number[] = []): boolean => {
  const writer = writing(store, key);
  writer?.begin({ status: 200, headers: [], origin: "", stamp, storedAtMs: 0, freshUntilMs: 9, usableUntilMs: 9000 });
  writer?.add({ bytes: Buffer.from(text), atMs: 0 });
  writer?.commit({ model: null, usage: null, costNanoUsd: null });
  return writer !== null;
};
const pathOf = (): string => join(directory.path, "ab", key.slice(2));

describeCacheStore("disk", () => {
  const own = temporaryDirectory();
  const board = openCacheBoard(own.path);
  const store = openDiskCacheStore({ directory: own.path, maxBytes: 1_000_000_000, board, clock });
  return { store, board, dispose: () => own[Symbol.dispose]() };
});

describe("the disk cache", () => {
  test("survives a restart, for its owner alone", () => {
    const first = open();
    put(first.store, "kept", first.board.stamp(["a"]));
    first.store.close();
    const second = open();
    expect(second.store.get(key, 1)?.pieces[0]?.bytes.toString()).toBe("kept");
    expect(statSync(pathOf()).mode & 0o777).toBe(0o600);
    // Files are cleared away by their times alone.
    expect(statSync(pathOf()).mtimeMs).toBe(9000);
    second.board.purge("a");
    expect(second.store.get(key, 1)).toBeNull();
    expect(existsSync(pathOf())).toBe(false);
  });

  test("takes every cut and every changed byte of a file for no answer, counts it and clears it away", () => {
    const { store, board } = open();
    put(store, "some text", board.stamp([]));
    const whole = readFileSync(pathOf());
    let bad = 0;
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      for (const bytes of [whole.subarray(0, at), changed]) {
        writeFileSync(pathOf(), bytes);
        const found = store.get(key, 1);
        // The time of a piece is not among what is checked: it changes the rhythm of a paced replay and nothing else.
        if (found !== null) expect(found.pieces.map((piece) => piece.bytes.toString())).toEqual(["some text"]);
        else bad += 1;
        expect(existsSync(pathOf())).toBe(found !== null);
      }
    }
    expect(bad).toBeGreaterThan(2 * whole.length - 16);
    expect(board.counts.unreadable).toBe(bad);
  });

  test("lets one write at a time, until that one is taken for dead", () => {
    const { store, board } = open();
    const first = writing(store, key);
    expect(store.write(key)).toBe("taken");
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(`${pathOf()}.part`, longAgo, longAgo);
    expect(put(store, "second", board.stamp([]))).toBe(true);
    first?.commit({ model: null, usage: null, costNanoUsd: null });
    expect(store.get(key, 1)?.pieces[0]?.bytes.toString()).toBe("second");
  });

  test("takes nothing in while it is full, and counts that", () => {
    const { store, board } = open(100_000);
    board.usedBlocks = 24;
    expect(put(store, "fits", board.stamp([]))).toBe(true);
    board.usedBlocks = 25;
    expect(put(store, "does not")).toBe(false);
    expect(board.counts.unwritten).toBe(1);
    expect(store.get(key, 1)?.pieces[0]?.bytes.toString()).toBe("fits");
  });

  test("runs on when files cannot be made or written, and counts that", () => {
    const { store, board } = open();
    const writer = writing(store, key);
    writer?.begin({
      status: 200,
      headers: [],
      origin: "",
      stamp: [],
      storedAtMs: 0,
      freshUntilMs: 9,
      usableUntilMs: 9,
    });
    // The place the answer would be moved to is taken by a folder.
    const blocked = "cd".padEnd(64, "0");
    mkdirSync(join(directory.path, "cd", blocked.slice(2)), { recursive: true });
    const refused = writing(store, blocked);
    refused?.begin({
      status: 200,
      headers: [],
      origin: "",
      stamp: [],
      storedAtMs: 0,
      freshUntilMs: 9,
      usableUntilMs: 9,
    });
    refused?.commit({ model: null, usage: null, costNanoUsd: null });
    expect(board.counts.unwritten).toBe(1);
    expect(store.get(blocked, 1)).toBeNull();
    expect(readdirSync(join(directory.path, "cd"))).toEqual([blocked.slice(2)]);
    writer?.discard({ reason: "vacated" });
    if (process.getuid?.() !== 0) {
      chmodSync(join(directory.path, "ab"), 0o500);
      expect(store.write(key)).toBeNull();
      chmodSync(join(directory.path, "ab"), 0o700);
    }
  });
});
