import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fsyncDirectory, writeDurably } from "../secrets/write-durably.ts";

/** What `restore.json` says of a restore that has everything it needs and only puts files in their places. */
interface RestoreMark {
  /** `away`: files of before are moved aside; `in`: the restored ones are moved to their places. */
  readonly phase: "away" | "in";
  /** Names of the files and folders of before. */
  readonly before: readonly string[];
  /** Folder that they are moved to. */
  readonly aside: string;
}

const markName = "restore.json";
const incomingName = "restore.partial";
const asidePrefix = "before-restore-";

/** Where a backup is unpacked before anything is changed. */
export function incomingDirectory(dataDirectory: string): string {
  return join(dataDirectory, incomingName);
}

/**
 * What of a data directory a restore replaces. Lock and socket belong to processes, counters of limits go on from where they are, and what earlier
 * restores left is left.
 */
export function replaceableNames(dataDirectory: string): string[] {
  const staying = new Set(["headgate.lock", "control.sock", "alike.sock", "counters", markName, incomingName]);
  return readdirSync(dataDirectory).filter((name) => !staying.has(name) && !name.startsWith(asidePrefix));
}

/**
 * Puts what is unpacked in place of what is there. From here on nothing can be lost: whatever dies when, `finishRestore` goes on. For the holder of the
 * directory's lock. @returns the folder that holds what was there before; null when there was nothing.
 */
export function replaceData(dataDirectory: string, nowMs: number, onStep: (step: string) => void): string | null {
  const before = replaceableNames(dataDirectory);
  const aside = `${asidePrefix}${new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-")}`;
  writeMark(dataDirectory, { phase: "away", before, aside });
  onStep("noted");
  finishRestore(dataDirectory, onStep);
  return before.length === 0 ? null : join(dataDirectory, aside);
}

/**
 * Ends a restore that was broken off while it put files in their places. For the holder of the directory's lock, before anything else is read.
 * @returns whether there was one. Throws the system's error; calling it again goes on.
 */
export function finishRestore(dataDirectory: string, onStep: (step: string) => void = () => {}): boolean {
  const mark = readMark(dataDirectory);
  if (mark === null) return false;
  if (mark.phase === "away") {
    if (mark.before.length > 0) mkdirSync(join(dataDirectory, mark.aside), { recursive: true, mode: 0o700 });
    for (const name of mark.before) {
      const path = join(dataDirectory, name);
      if (existsSync(path)) renameSync(path, join(dataDirectory, mark.aside, name));
      onStep(`away ${name}`);
    }
    fsyncDirectory(dataDirectory);
    writeMark(dataDirectory, { ...mark, phase: "in" });
    onStep("all away");
  }
  const incoming = incomingDirectory(dataDirectory);
  for (const name of existsSync(incoming) ? readdirSync(incoming) : []) {
    renameSync(join(incoming, name), join(dataDirectory, name));
    onStep(`in ${name}`);
  }
  fsyncDirectory(dataDirectory);
  rmSync(incoming, { recursive: true, force: true });
  onStep("all in");
  rmSync(join(dataDirectory, markName), { force: true });
  fsyncDirectory(dataDirectory);
  return true;
}

function writeMark(dataDirectory: string, mark: RestoreMark): void {
  writeDurably(join(dataDirectory, markName), `${JSON.stringify(mark)}\n`);
}

function readMark(dataDirectory: string): RestoreMark | null {
  const path = join(dataDirectory, markName);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as RestoreMark) : null;
}
