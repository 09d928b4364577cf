import { Database } from "bun:sqlite";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { listSegments } from "../journal/segment-names.ts";
import { keyPaths, type KeyMarks, readKeyMarks } from "../secrets/key-files.ts";
import { fsyncDirectory } from "../secrets/write-durably.ts";
import { exitStatus, StartError } from "../supervisor/exit-status.ts";
import { type BackupManifest, describeFile, manifestName } from "./backup-manifest.ts";
import { type SnapshotCommand, snapshotDatabase } from "./snapshot-database.ts";
import { appendTarEntry, endTar } from "./tar-archive.ts";

/** What is to be backed up, and where to. */
export interface BackupOptions {
  readonly dataDirectory: string;
  /** A path that ends in `.tar` becomes an archive, any other a directory. Nothing may be there yet. */
  readonly target: string;
  /** Whether the master key itself goes along, if it is in a file. */
  readonly withMasterKey: boolean;
  /** Of this program. */
  readonly version: string;
  readonly nowMs: number;
  /** How to run `runSnapshot`. */
  readonly snapshotCommand: SnapshotCommand;
}

/** Files that are taken as they are, where they are. */
const plainFiles = ["hash.key", "settings.json", "prices.json"];

/**
 * Copies everything an installation is made of, while it serves or stands: databases as of one moment, the journal that the log database has not taken in by
 * that moment, prices and settings as workers know them, the mark of the master key. Neither cached answers, counters of limits nor exports that wait.
 * A backup that is killed leaves no target, only `TARGET.partial-PID` and a folder of links in the data directory; the next one clears both away.
 * @throws StartError when there is nothing to back up (66), the target is there or cannot be written (73), a rotation of the master key is under way (69).
 */
export async function takeBackup(options: BackupOptions): Promise<BackupManifest> {
  const { dataDirectory } = options;
  const target = resolve(options.target);
  const marks = ownMarks(dataDirectory);
  if (existsSync(target)) throw new StartError(`${target} is there already. Name another.`, exitStatus.cannotCreate);
  const staging = `${target}.partial-${process.pid}`;
  const links = join(dataDirectory, `backup.partial-${process.pid}`);
  try {
    clearLeftovers(dirname(target), `${basename(target)}.partial-`);
    clearLeftovers(dataDirectory, "backup.partial-");
    mkdirSync(join(staging, "journal"), { recursive: true, mode: 0o700 });
    mkdirSync(links, { mode: 0o700 });
    const manifest = await gather(options, { marks, staging, links });
    if (readKeyMarks(keyPaths(dataDirectory).id)?.fingerprint !== marks.fingerprint) throw rotating();
    writeFileSync(join(staging, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    publish(staging, target, manifest);
    return manifest;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isPlace = ["ENOSPC", "EACCES", "EROFS", "EDQUOT", "ENOENT", "ENOTDIR"].includes(code ?? "");
    if (!isPlace) throw error;
    throw new StartError(`${target} cannot be written (${message}). Nothing was left behind.`, exitStatus.cannotCreate);
  } finally {
    for (const directory of [staging, links]) if (existsSync(directory)) rmSync(directory, { recursive: true });
  }
}

interface Places {
  readonly marks: KeyMarks;
  readonly staging: string;
  readonly links: string;
}

async function gather(options: BackupOptions, { marks, staging, links }: Places): Promise<BackupManifest> {
  const { dataDirectory, snapshotCommand: command, withMasterKey } = options;
  const copyDatabase = (name: string, whileHeld: () => void = () => {}): Promise<void> =>
    snapshotDatabase({ source: join(dataDirectory, name), copy: join(staging, name), command, whileHeld });
  await copyDatabase("settings.db");
  // Linked while the ledger can store nothing: the segments then hold exactly what is after the checkpoints in the copy.
  await copyDatabase("headgate.db", () => linkSegments(join(dataDirectory, "journal"), links));
  for (const name of readdirSync(links)) copyFileSync(join(links, name), join(staging, "journal", name));
  const { key, id } = keyPaths(dataDirectory);
  const isKeyIncluded = withMasterKey && marks.source === "file";
  const own = [basename(id), ...plainFiles, ...(isKeyIncluded ? [basename(key)] : [])];
  for (const name of own) {
    if (existsSync(join(dataDirectory, name))) copyFileSync(join(dataDirectory, name), join(staging, name));
  }
  const names = readdirSync(staging, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => (entry.parentPath === staging ? entry.name : `journal/${entry.name}`));
  for (const name of names) chmodSync(join(staging, name), 0o600);
  return {
    format: 1,
    headgate: options.version,
    createdAtMs: options.nowMs,
    ...contentsOf(staging),
    masterKey: { fingerprint: marks.fingerprint, isIncluded: isKeyIncluded },
    files: names.sort().map((name) => describeFile(join(staging, name), name)),
  };
}

/** Links cost no time; where the file system has none, copies are made. */
function linkSegments(journal: string, links: string): void {
  for (const { path, name } of listSegments(journal)) {
    try {
      linkSync(path, join(links, name));
    } catch (error) {
      // Its worker may have taken it away just now, to keep the journal within its bound.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") copyFileSync(path, join(links, name));
    }
  }
}

function contentsOf(staging: string): Pick<BackupManifest, "schema" | "settingsVersion" | "logRows"> {
  using settings = new Database(join(staging, "settings.db"), { readonly: true });
  using logs = new Database(join(staging, "headgate.db"), { readonly: true });
  const ask = (database: Database, question: string): number => (database.query(question).values()[0] as [number])[0];
  return {
    schema: { settings: ask(settings, "PRAGMA user_version"), logs: ask(logs, "PRAGMA user_version") },
    settingsVersion: ask(settings, "SELECT version FROM settings_version"),
    logRows: ask(logs, "SELECT count(*) FROM logs"),
  };
}

function publish(staging: string, target: string, { files }: BackupManifest): void {
  if (!target.endsWith(".tar")) {
    fsyncDirectory(staging);
    renameSync(staging, target);
  } else {
    const draft = join(staging, "archive");
    const archive = openSync(draft, "w", 0o600);
    try {
      for (const name of [...files.map((file) => file.name), manifestName]) {
        appendTarEntry(archive, name, join(staging, name));
        // So that the backup takes little more than its own space.
        rmSync(join(staging, name));
      }
      endTar(archive);
      fsyncSync(archive);
    } finally {
      closeSync(archive);
    }
    renameSync(draft, target);
  }
  fsyncDirectory(dirname(target));
}

function ownMarks(dataDirectory: string): KeyMarks {
  const marks = readKeyMarks(keyPaths(dataDirectory).id);
  const isThere = ["settings.db", "headgate.db"].every((name) => existsSync(join(dataDirectory, name)));
  if (marks === null || !isThere)
    throw new StartError(
      `There is nothing to back up in ${dataDirectory}: no gateway has been started with it. Set HEADGATE_DATA to the data directory.`,
      exitStatus.noInput,
    );
  if (marks.next !== null) throw rotating();
  return marks;
}

function rotating(): StartError {
  return new StartError(
    "The master key is being rotated. Let headgate keys rotate end, or the next start end it, then back up.",
    exitStatus.unavailable,
  );
}

/** What backups that were killed left. */
function clearLeftovers(directory: string, prefix: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
