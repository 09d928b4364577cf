import { Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, openSync, statSync } from "node:fs";
import { fsyncDirectory } from "../secrets/write-durably.ts";
import { dirname } from "node:path";

/** How to run the process that copies a database: a command that takes its path and the copy's. */
export type SnapshotCommand = readonly string[];

/** What is to be copied. */
export interface SnapshotOptions {
  readonly source: string;
  /** May not exist yet. */
  readonly copy: string;
  readonly command: SnapshotCommand;
  /** Called while nobody can write into the database, at exactly the state that is copied. */
  readonly whileHeld?: () => void;
}

/** Longest time for the lock of a writer. */
const LOCK_MS = 10_000;
const LOOK_EVERY_MS = 2;

/**
 * Copies a database as it is at one moment, `whileHeld`, while others read and write it. Writers wait for milliseconds: until the process that copies, which
 * is a reader, has begun to. It begins to write only after it began to read (SQLite's `VACUUM INTO`), and is a process of its own because nothing else of that
 * moment can be seen from inside. Throws what it or SQLite tells.
 */
export async function snapshotDatabase({ source, copy, command, whileHeld }: SnapshotOptions): Promise<void> {
  const child = Bun.spawn([...command, source, copy], { stdio: ["pipe", "pipe", "pipe"] });
  try {
    await saidReady(child);
    using holder = new Database(source, { readwrite: true, create: false });
    holder.run(`PRAGMA busy_timeout = ${LOCK_MS}`);
    holder.run("BEGIN IMMEDIATE");
    child.stdin.write("go\n");
    await child.stdin.end();
    whileHeld?.();
    while (child.exitCode === null && child.signalCode === null && sizeOf(copy) === 0) await Bun.sleep(LOOK_EVERY_MS);
    holder.run("ROLLBACK");
    if ((await child.exited) !== 0) throw new Error(await failureOf(child));
    syncFile(copy);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

/** The process that copies: says `ready`, waits for a line, copies. Never ends by itself before. */
export async function runSnapshot(source: string, copy: string): Promise<void> {
  using database = new Database(source, { readwrite: true, create: false });
  database.run(`PRAGMA busy_timeout = ${LOCK_MS}`);
  database.query("SELECT count(*) FROM sqlite_schema").get();
  process.stdout.write("ready\n");
  // Ended without a word when whoever asked is gone.
  if ((await Bun.stdin.text()) !== "go\n") return;
  database.query("VACUUM INTO ?").run(copy);
}

type SnapshotProcess = Bun.Subprocess<"pipe", "pipe", "pipe">;

async function saidReady(child: SnapshotProcess): Promise<void> {
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  if (value === undefined) throw new Error(await failureOf(child));
}

async function failureOf(child: SnapshotProcess): Promise<string> {
  const said = (await child.stderr.text()).trim();
  return said === "" ? `the process that copies ended with ${child.exitCode ?? child.signalCode}` : said;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  fsyncDirectory(dirname(path));
}
