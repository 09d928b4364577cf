import { mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FolderTargetSettings } from "../../core/export-settings.ts";
import type { LogpushTarget } from "../target.ts";

/** Writes files into a folder, each whole or not at all: under another name first, synced, then renamed. */
export function folderTarget({ path }: FolderTargetSettings): LogpushTarget {
  return {
    async deliver({ objectName, bytes }) {
      const destination = join(path, objectName);
      await mkdir(dirname(destination), { recursive: true });
      const unfinished = `${destination}.part`;
      const file = await open(unfinished, "w", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, destination);
    },
  };
}
