import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes `text` to `path` in one step, for its owner alone: whoever reads sees the old file or the new one, and the new one is still
 * there after a loss of power. Throws the system's error; the old file then stays.
 */
export function writeDurably(path: string, text: string): void {
  const staged = `${path}.new`;
  try {
    withFile(staged, "w", (file) => {
      writeSync(file, text);
      fsyncSync(file);
    });
    renameSync(staged, path);
    fsyncDirectory(dirname(path));
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

/** Has what was made, moved and removed in a directory survive a loss of power. */
export function fsyncDirectory(path: string): void {
  withFile(path, "r", fsyncSync);
}

function withFile(path: string, flags: string, use: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
