import { rmSync } from "node:fs";

/**
 * Removes a file or folder that the next start replaces anyway; nothing when there is none. A disk that cannot be written to keeps it:
 * stopping ends all the same.
 */
export function removeLeftOver(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
