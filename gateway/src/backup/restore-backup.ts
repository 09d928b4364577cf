import { Database } from "bun:sqlite";
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { keyPaths, readKeyFile } from "../secrets/key-files.ts";
import { masterKeyFromText } from "../secrets/master-key.ts";
import { fsyncDirectory } from "../secrets/write-durably.ts";
import { migrations } from "../stores/sqlite/migrations.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { lockDataDirectory } from "../supervisor/data-directory-lock.ts";
import { exitStatus, StartError } from "../supervisor/exit-status.ts";
import { type BackupManifest, describeFile, isBackupFileName, manifestName, parseManifest } from "./backup-manifest.ts";
import { finishRestore, incomingDirectory, replaceableNames, replaceData } from "./finish-restore.ts";
import { ArchiveDamaged, readTar } from "./tar-archive.ts";

/** What is to be restored, and where to. */
export interface RestoreOptions {
  /** Archive or directory that `takeBackup` made. */
  readonly source: string;
  readonly dataDirectory: string;
  /** Whether data that is there may be moved aside. */
  readonly force: boolean;
  /** `HEADGATE_MASTER_KEY`; null when it is not set. */
  readonly environmentKey: string | null;
  readonly nowMs: number;
  /** Told of each step; for tests. */
  readonly onStep?: (step: string) => void;
}

/** What became of it. */
export interface Restored {
  readonly manifest: BackupManifest;
  /** Folder with what was there before; null when there was nothing. */
  readonly aside: string | null;
  /** Where the master key is that opens the restored secrets: in the backup, in the data directory before, in the environment; null when nowhere. */
  readonly keyFrom: "backup" | "data directory" | "environment" | null;
}

/**
 * Puts a backup in place of the data of a gateway that does not run. Everything is unpacked beside it and checked first (checksums both ways, integrity and schema
 * of the databases); what is there then moves into a folder of its own. Killed before that, nothing has changed; killed after it, the next start or restore ends it.
 * @throws StartError for a running gateway (69), data that is there without `force` (73), a backup that is missing (66), damaged or newer than this program (65).
 */
export function restoreBackup(options: RestoreOptions): Restored {
  const { dataDirectory, force, source, onStep = () => {} } = options;
  if (!existsSync(source)) throw new StartError(`${source} is not there.`, exitStatus.noInput);
  const isNew = !existsSync(dataDirectory);
  const lock = lockDataDirectory(dataDirectory);
  const incoming = incomingDirectory(dataDirectory);
  try {
    finishRestore(dataDirectory);
    if (!force && replaceableNames(dataDirectory).length > 0)
      throw new StartError(
        `${dataDirectory} holds data. Restore to another directory (HEADGATE_DATA), or give --force: what is there is then moved aside, not removed.`,
        exitStatus.cannotCreate,
      );
    rmSync(incoming, { recursive: true, force: true });
    const manifest = unpackChecked(source, incoming, onStep);
    const keyFrom = findMasterKey(options, manifest, incoming);
    fsyncDirectory(incoming);
    onStep("unpacked");
    const aside = replaceData(dataDirectory, options.nowMs, onStep);
    return { manifest, aside, keyFrom };
  } catch (error) {
    // What it was going to put in place stays when that has begun.
    if (!existsSync(join(dataDirectory, "restore.json"))) rmSync(incoming, { recursive: true, force: true });
    throw toStartError(error, options);
  } finally {
    lock.release();
    if (isNew && readdirSync(dataDirectory).length === 0) rmSync(dataDirectory, { recursive: true });
  }
}

function unpackChecked(source: string, incoming: string, onStep: (step: string) => void): BackupManifest {
  mkdirSync(join(incoming, "journal"), { recursive: true, mode: 0o700 });
  if (statSync(source).isDirectory()) copyDirectory(source, incoming);
  else unpack(source, incoming, onStep);
  const path = join(incoming, manifestName);
  if (!existsSync(path)) throw new ArchiveDamaged(`it has no ${manifestName}: it was broken off when it was made`);
  const manifest = parseManifest(readFileSync(path, "utf8"));
  refuseNewer(manifest);
  for (const { name, sha256 } of manifest.files) {
    if (!existsSync(join(incoming, name))) throw new ArchiveDamaged(`${name} is missing`);
    if (describeFile(join(incoming, name), name).sha256 !== sha256) throw new ArchiveDamaged(`${name} was changed`);
  }
  const known = new Set([manifestName, ...manifest.files.map(({ name }) => name)]);
  const stranger = filesBelow(incoming).find((name) => !known.has(name));
  if (stranger !== undefined) throw new ArchiveDamaged(`${stranger} is not of the backup`);
  for (const name of ["settings.db", "headgate.db"]) {
    if (!known.has(name)) throw new ArchiveDamaged(`${name} is missing`);
    checkDatabase(join(incoming, name), name);
  }
  rmSync(path);
  return manifest;
}

function unpack(source: string, incoming: string, onStep: (step: string) => void): void {
  for (const { name, pieces } of readTar(source)) {
    if (!isBackupFileName(name)) throw new ArchiveDamaged(`it holds ${JSON.stringify(name)}, which no backup has`);
    const file = openSync(join(incoming, name), "wx", 0o600);
    try {
      for (const piece of pieces())
        for (let offset = 0; offset < piece.length;) offset += writeSync(file, piece, offset);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    onStep(`unpacked ${name}`);
  }
}

function copyDirectory(source: string, incoming: string): void {
  for (const name of filesBelow(source)) {
    if (!isBackupFileName(name)) throw new ArchiveDamaged(`it holds ${JSON.stringify(name)}, which no backup has`);
    copyFileSync(join(source, name), join(incoming, name));
  }
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

function refuseNewer({ schema, headgate }: BackupManifest): void {
  if (schema.settings <= settingsMigrations.length && schema.logs <= migrations.length) return;
  throw new StartError(
    `The backup is of a newer version, ${headgate}, whose databases this program does not know. Restore it with that version. Nothing was changed.`,
    exitStatus.badData,
  );
}

function checkDatabase(path: string, name: string): void {
  try {
    using database = new Database(path, { readonly: true });
    const [answer] = database.query("PRAGMA quick_check(1)").values()[0] as [string];
    if (answer !== "ok") throw new ArchiveDamaged(`${name}: ${answer}`);
  } catch (error) {
    throw error instanceof ArchiveDamaged ? error : new ArchiveDamaged(`${name}: ${(error as Error).message}`);
  }
}

/** A backup without its master key takes the one that is there already, if it is the right one. */
function findMasterKey(
  { dataDirectory, environmentKey }: RestoreOptions,
  { masterKey }: BackupManifest,
  incoming: string,
): Restored["keyFrom"] {
  if (masterKey.isIncluded) return "backup";
  if (environmentKey !== null && masterKeyFromText(environmentKey).id === masterKey.fingerprint) return "environment";
  const own = keyPaths(dataDirectory).key;
  if (readKeyFile(own)?.id !== masterKey.fingerprint) return null;
  copyFileSync(own, keyPaths(incoming).key);
  return "data directory";
}

function toStartError(error: unknown, { source, dataDirectory }: RestoreOptions): unknown {
  if (error instanceof ArchiveDamaged) return damaged(source, error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  if (!["ENOSPC", "EACCES", "EROFS", "EDQUOT"].includes(code ?? "")) return error;
  return new StartError(`${dataDirectory} cannot be written (${message}).`, exitStatus.cannotCreate);
}

function damaged(source: string, what: string): StartError {
  return new StartError(`${source} cannot be restored: ${what}. Nothing was changed.`, exitStatus.badData);
}
