import { join } from "node:path";
import { removeLeftOver } from "../core/remove-left-over.ts";
import { stageFile } from "../core/stage-file.ts";

/** Where the token lies by which the command line manages the gateway of this data directory. */
export function localTokenPath(dataDirectory: string): string {
  return join(dataDirectory, "cli.token");
}

/** Writes it, for the owner of the data directory alone; it counts until the gateway ends. @returns what takes it away. */
export function publishLocalToken(dataDirectory: string, text: string): () => void {
  const path = localTokenPath(dataDirectory);
  stageFile(path, `${text}\n`).commit();
  return () => removeLeftOver(path);
}
