import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeLeftOver } from "../core/remove-left-over.ts";
import { exitStatus, StartError } from "./exit-status.ts";

/** The shortest limit on a socket's path among the systems Bun runs on is 104 bytes with the closing zero (macOS `sun_path`). */
const maxSocketPathBytes = 103;

/**
 * Where the control process listens: `control.sock` in the data directory, or, where that path is too long for a socket, in a
 * directory of this user alone below the system's temporary one, named after the data directory. Makes that directory.
 * @throws StartError `cannotCreate` when it is there already and open to others.
 */
export function prepareControlSocketPath(dataDirectory: string): string {
  const path = join(dataDirectory, "control.sock");
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return path;
  const name = createHash("sha256").update(dataDirectory).digest("hex").slice(0, 16);
  const directory = join(tmpdir(), `headgate-${name}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const status = lstatSync(directory);
  const isOurs = status.uid === process.getuid?.() && (status.mode & 0o077) === 0;
  if (!status.isDirectory() || !isOurs) {
    throw new StartError(
      `${directory} is not a directory of this user alone. Remove it, or set HEADGATE_DATA to a shorter path.`,
      exitStatus.cannotCreate,
    );
  }
  return join(directory, "control.sock");
}

/** Removes what `prepareControlSocketPath` made for `dataDirectory` outside of it; nothing when it made nothing. */
export function discardControlSocketPath(path: string, dataDirectory: string): void {
  if (dirname(path) !== dataDirectory) removeLeftOver(dirname(path));
}
