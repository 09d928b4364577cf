import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** Where what cannot be read is moved, for a person to look at. */
export interface Quarantine {
  /** Things moved here since start. */
  readonly count: number;
  /** Copies bytes of a segment; a bound that is reached, or a disk that is full, leaves only the count. */
  copy(part: { path: string; name: string; from: number; to: number }): void;
  /** Keeps a text under the name, within the same bound. */
  keep(name: string, text: string): void;
  /** Moves a whole file. */
  move(path: string, name: string): void;
}

/** Bytes kept in the folder at most. */
const maxBytes = 256 * 1024 * 1024;

const copyBytes = 1024 * 1024;

/** The folder `quarantine` of the journal's directory, made with the first thing to put there. */
export function openQuarantine(journalDirectory: string): Quarantine {
  const directory = join(journalDirectory, "quarantine");
  let count = 0;
  return {
    get count() {
      return count;
    },
    copy({ path, name, from, to }) {
      count += 1;
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        if (sizeOf(directory) + (to - from) <= maxBytes) copyRange(path, join(directory, name), { from, to });
      } catch {
        // No room for a copy of what nobody can read; the count tells that it was there.
      }
    },
    keep(name, text) {
      count += 1;
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        if (sizeOf(directory) + text.length <= maxBytes) writeFileSync(join(directory, name), text, { mode: 0o600 });
      } catch {
        // As above.
      }
    },
    move(path, name) {
      count += 1;
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      renameSync(path, join(directory, name));
    },
  };
}

function sizeOf(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

function copyRange(source: string, target: string, { from, to }: { from: number; to: number }): void {
  const input = openSync(source, "r");
  try {
    const output = openSync(target, "w", 0o600);
    try {
      const buffer = Buffer.allocUnsafe(Math.min(copyBytes, Math.max(1, to - from)));
      for (let offset = from; offset < to;) {
        const readBytes = readSync(input, buffer, 0, Math.min(buffer.length, to - offset), offset);
        if (readBytes === 0) return;
        writeSync(output, buffer, 0, readBytes);
        offset += readBytes;
      }
    } finally {
      closeSync(output);
    }
  } finally {
    closeSync(input);
  }
}
