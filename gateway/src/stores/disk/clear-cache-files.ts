import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CacheBoard } from "./cache-board.ts";
import { blocksOf, unfinishedSuffix } from "./cache-files.ts";

/** Which cache is to be cleared up. */
export interface ClearOptions {
  readonly directory: string;
  /** Bound on all entries together. */
  readonly maxBytes: number;
  readonly board: Pick<CacheBoard, "usedBlocks">;
  readonly nowMs: number;
  /** What was written before (Unix milliseconds) is not usable any more; absent for nothing. */
  readonly purgedAtMs?: number;
}

/** Above this part of the bound entries are removed, until this part is left. */
export const crowdedPart = 0.9;
const ROOMY_PART = 0.8;
/** A file nobody has written to for so long is left over from a process that died. */
const LEFT_OVER_MS = 60_000;

/**
 * Removes what is too old, what dead processes left behind and, where there is too much, what would be too old first. Files are not
 * read: their modification time says until when they are usable. Puts the board's count right.
 */
export async function clearCacheFiles({
  directory,
  maxBytes,
  board,
  nowMs,
  purgedAtMs = 0,
}: ClearOptions): Promise<void> {
  let usedBlocks = 0;
  let lastUntilMs = nowMs;
  await eachFile(directory, async ({ path, isUnfinished, untilMs, writtenAtMs, blocks }) => {
    if (isUnfinished ? untilMs < nowMs - LEFT_OVER_MS : untilMs <= nowMs || writtenAtMs < purgedAtMs)
      return rm(path, { force: true });
    usedBlocks += blocks;
    lastUntilMs = Math.max(lastUntilMs, untilMs);
  });
  const roomyBlocks = blocksOf(maxBytes) * ROOMY_PART;
  const firstPart = usedBlocks > blocksOf(maxBytes) * crowdedPart ? 1 - roomyBlocks / usedBlocks : 2;
  // Which times are the oldest part is guessed, and guessed larger as long as that was not enough.
  for (let part = firstPart; part < 2; part *= 2) {
    const untilLimitMs = part >= 1 ? Number.POSITIVE_INFINITY : nowMs + (lastUntilMs - nowMs) * part;
    await eachFile(directory, async ({ path, isUnfinished, untilMs, blocks }) => {
      if (isUnfinished || usedBlocks <= roomyBlocks || untilMs > untilLimitMs) return;
      await rm(path, { force: true });
      usedBlocks -= blocks;
    });
    if (usedBlocks <= roomyBlocks) break;
  }
  board.usedBlocks = Math.max(0, usedBlocks);
}

interface CacheFile {
  readonly path: string;
  readonly isUnfinished: boolean;
  readonly untilMs: number;
  readonly writtenAtMs: number;
  readonly blocks: number;
}

async function eachFile(directory: string, visit: (file: CacheFile) => Promise<void>): Promise<void> {
  const folders = await readdir(directory, { withFileTypes: true });
  for (const folder of folders) {
    if (!folder.isDirectory()) continue;
    for (const name of await readdir(join(directory, folder.name))) {
      const path = join(directory, folder.name, name);
      // It may be gone by now.
      const status = await lstat(path).catch(() => null);
      if (status?.isFile() !== true) continue;
      await visit({
        path,
        isUnfinished: name.endsWith(unfinishedSuffix),
        untilMs: status.mtimeMs,
        writtenAtMs: status.ctimeMs,
        blocks: blocksOf(status.size),
      });
    }
  }
}
