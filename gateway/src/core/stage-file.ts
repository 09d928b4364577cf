import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** A file that is written and not yet in its place. */
export interface StagedFile {
  /** Puts it in its place, in one step. */
  commit(): void;
  discard(): void;
}

/**
 * Writes `text` beside `path`, for its owner alone, on the disk when this returns. Whoever reads `path` sees the old file or the new
 * one, never a part. Throws the system's error, also for a full disk; nothing is left behind then.
 */
export function stageFile(path: string, text: string): StagedFile {
  const staged = `${path}.${process.pid}.new`;
  const discard = (): void => rmSync(staged, { force: true });
  try {
    const file = openSync(staged, "w", 0o600);
    try {
      const bytes = Buffer.from(text);
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    discard();
    throw error;
  }
  return { commit: () => renameSync(staged, path), discard };
}
