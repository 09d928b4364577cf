import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeLeftOver } from "../core/remove-left-over.ts";
import { exitStatus, StartError } from "./exit-status.ts";

/** The right to use a data directory. */
export interface DataDirectoryLock {
  /** Gives the directory free; once is enough. */
  release(): void;
}

const lockName = "headgate.lock";

/**
 * Makes `directory` where it is missing, with mode 0700, and claims it for this process with the file `headgate.lock`.
 * A lock whose process is gone, or whose id now belongs to another process, is taken over.
 * @throws StartError `unavailable` when a running gateway holds it, `cannotCreate` when the directory cannot be written to.
 */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  const path = join(directory, lockName);
  const content = JSON.stringify({ pid: process.pid, started: processStart(process.pid) });
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    while (!createExclusively(path, content)) removeIfStale(path, directory);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { message } = error as Error;
    throw new StartError(
      `The data directory ${directory} cannot be written to (${message}). Set HEADGATE_DATA to a directory that can.`,
      exitStatus.cannotCreate,
    );
  }
  return {
    release() {
      if (readText(path) === content) removeLeftOver(path);
    },
  };
}

/** Who holds the lock of a data directory; null when nobody does, or what is there cannot be read. Changes nothing. */
export function lockHolder(directory: string): { readonly pid: number; readonly isRunning: boolean } | null {
  const holder = parseHolder(readText(join(directory, lockName)) ?? "");
  return holder === null ? null : { pid: holder.pid, isRunning: isRunning(holder) };
}

function createExclusively(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function removeIfStale(path: string, directory: string): void {
  const content = readText(path);
  if (content === null) return;
  const holder = parseHolder(content);
  if (holder !== null && isRunning(holder)) {
    throw new StartError(
      `Another gateway (process ${holder.pid}) uses the data directory ${directory}. ` +
        "Stop it, or set HEADGATE_DATA to another directory.",
      exitStatus.unavailable,
    );
  }
  // Moved aside before it is removed: of two that find the same stale lock only one may clear it away.
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readText(aside) !== content) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

interface LockHolder {
  readonly pid: number;
  readonly started: string | null;
}

function parseHolder(content: string): LockHolder | null {
  try {
    const { pid, started } = JSON.parse(content) as Partial<LockHolder>;
    return Number.isInteger(pid) ? { pid: pid as number, started: started ?? null } : null;
  } catch {
    return null;
  }
}

function isRunning(holder: LockHolder): boolean {
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Without permission to signal it there still is such a process.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const started = processStart(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

/**
 * Boot and clock tick at which a process began, to tell it from a later one with the same id; `ended` for one that only awaits
 * its parent's look, null where `/proc` does not tell.
 */
function processStart(pid: number): string | null {
  const boot = readText("/proc/sys/kernel/random/boot_id");
  const status = readText(`/proc/${pid}/stat`);
  if (boot === null || status === null) return null;
  // Fields 3 and 22; the second field, the program's name, may itself hold spaces and parentheses.
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  // Ended, and kept by the system only until its parent asks how.
  if (fields[0] === "Z") return "ended";
  return `${boot.trim()}/${fields[19]}`;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
