import { openCacheBoard } from "../../src/stores/disk/cache-board.ts";
import { openDiskCacheStore } from "../../src/stores/disk/disk-cache-store.ts";

// Writes the answers of ten keys over and over into the cache directory given as argument, until it is killed.
const directory = process.argv[2] as string;
const board = openCacheBoard(directory);
const clock = { nowMs: () => Date.now() };
const store = openDiskCacheStore({ directory, maxBytes: 1_000_000_000, board, clock });
const tail = { model: null, usage: null, costNanoUsd: null };
const times = { storedAtMs: 0, freshUntilMs: 8.64e15, usableUntilMs: 8.64e15 };
for (let round = 0; ; round += 1) {
  const key = String(round % 10).repeat(64);
  const writer = store.write(key);
  if (writer === null || writer === "taken") continue;
  writer.begin({ status: 200, headers: [], origin: key, stamp: board.stamp([]), ...times });
  for (let piece = 0; piece < 20; piece += 1) {
    writer.add({ bytes: Buffer.alloc(1 + ((round * 7919) % 20_000), round % 256), atMs: piece });
  }
  writer.commit(tail);
  if (round === 10) process.stdout.write("writing\n");
}
