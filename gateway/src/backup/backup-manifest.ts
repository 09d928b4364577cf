import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { ArchiveDamaged } from "./tar-archive.ts";

/** A file of a backup. */
export interface BackedUpFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What `manifest.json` says of a backup; it is the last file to be written, so a backup without it was broken off. */
export interface BackupManifest {
  readonly format: 1;
  /** Of the program that made it. */
  readonly headgate: string;
  readonly createdAtMs: number;
  /** Versions of the databases' tables. */
  readonly schema: { readonly settings: number; readonly logs: number };
  /** What the settings' version was. */
  readonly settingsVersion: number;
  /** Rows of logs in the database; what the journal holds is not counted. */
  readonly logRows: number;
  readonly masterKey: { readonly fingerprint: string; readonly isIncluded: boolean };
  readonly files: readonly BackedUpFile[];
}

/** Name of the manifest in a backup. */
export const manifestName = "manifest.json";

/** Files a backup may hold. */
const fileName =
  /^(?:settings\.db|headgate\.db|master-key\.id|master\.key|hash\.key|settings\.json|prices\.json|manifest\.json|journal\/[a-z0-9]+-\d{1,15}-\d{1,15}\.hgj)$/;

/** Whether a backup holds files of this name; no other is ever written by restoring. */
export function isBackupFileName(name: string): boolean {
  return fileName.test(name);
}

/** What can be told of a file to recognise it. Throws the system's error. */
export function describeFile(path: string, name: string): BackedUpFile {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    let sizeBytes = 0;
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return { name, sizeBytes, sha256: hash.digest("hex") };
      hash.update(buffer.subarray(0, count));
      sizeBytes += count;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The manifest in a text.
 * @throws ArchiveDamaged for a text that is none.
 */
export function parseManifest(text: string): BackupManifest {
  const manifest = parse(text);
  const { format, schema, masterKey, files } = manifest;
  if (format !== 1) throw new ArchiveDamaged(`${manifestName} is of format ${String(format)}, expected 1`);
  const isWhole =
    Number.isSafeInteger(schema?.settings) &&
    Number.isSafeInteger(schema?.logs) &&
    typeof masterKey?.fingerprint === "string" &&
    Array.isArray(files) &&
    files.every(({ name, sha256 }) => isBackupFileName(String(name)) && typeof sha256 === "string");
  if (!isWhole) throw new ArchiveDamaged(`${manifestName} does not say what the backup holds`);
  return manifest as BackupManifest;
}

function parse(text: string): Partial<BackupManifest> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<BackupManifest>;
  } catch {
    throw new ArchiveDamaged(`${manifestName} is no JSON`);
  }
}
