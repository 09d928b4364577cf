import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isSealedSecret, type SealedSecret } from "../core/sealed-secret.ts";
import { type MasterKey, masterKeyFromText } from "./master-key.ts";
import { MasterKeyError } from "./master-key-error.ts";
import { writeDurably } from "./write-durably.ts";

/** Where a master key comes from. */
export type MasterKeySource = "environment" | "file";

/** What `master-key.id` says of a master key. */
export interface KeyMark {
  readonly fingerprint: string;
  readonly source: MasterKeySource;
  /** The root of the keys that outlive a rotation, sealed under the master key. */
  readonly root: SealedSecret;
}

/** What `master-key.id` holds: the key in use, and during a rotation the one that is to follow. No secret is in it. */
export interface KeyMarks extends KeyMark {
  readonly next: KeyMark | null;
}

/** Files of the data directory that have to do with the master key. */
export function keyPaths(dataDirectory: string): { readonly key: string; readonly next: string; readonly id: string } {
  return {
    key: join(dataDirectory, "master.key"),
    next: join(dataDirectory, "master.key.next"),
    id: join(dataDirectory, "master-key.id"),
  };
}

/**
 * The master key in a file; null when there is no file.
 * @throws MasterKeyError when others than its owner may read it, or it holds something else.
 */
export function readKeyFile(path: string): MasterKey | null {
  const text = readTextFile(path)?.trim() ?? null;
  if (text === null) return null;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new MasterKeyError(
      `The master key in ${path} may be read by others (mode ${mode.toString(8).padStart(4, "0")}), so it may be known to them. ` +
        `Take their rights away with chmod 600 ${path}, and change the key with headgate keys rotate.`,
    );
  }
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new MasterKeyError(`${path} does not hold a master key: 64 hexadecimal characters are expected.`);
  }
  return masterKeyFromText(text);
}

/** Writes a master key to a file that only its owner may read. Throws the system's error. */
export function writeKeyFile(path: string, key: MasterKey): void {
  writeDurably(path, `${key.bytes.toString("hex")}\n`);
}

/**
 * What is known of the installation's master key; null before its first start.
 * @throws MasterKeyError when the file holds something else.
 */
export function readKeyMarks(path: string): KeyMarks | null {
  const text = readTextFile(path);
  if (text === null) return null;
  const marks = parseMarks(text);
  if (marks !== null) return marks;
  throw new MasterKeyError(`${path} does not say which master key is in use. Restore it from a backup.`);
}

/**
 * Whether a rotation of the master key was broken off.
 * @throws MasterKeyError when `master-key.id` holds something else.
 */
export function isRotating(dataDirectory: string): boolean {
  return (readKeyMarks(keyPaths(dataDirectory).id)?.next ?? null) !== null;
}

/** Writes `master-key.id`. Throws the system's error. */
export function writeKeyMarks(path: string, marks: KeyMarks): void {
  writeDurably(path, `${JSON.stringify({ format: 1, ...marks })}\n`);
}

function parseMarks(text: string): KeyMarks | null {
  try {
    const { format, next, ...mark } = JSON.parse(text) as Partial<KeyMarks> & { readonly format?: unknown };
    const isWhole = format === 1 && isMark(mark) && (next === null || isMark(next));
    return isWhole ? { ...(mark as KeyMark), next } : null;
  } catch {
    return null;
  }
}

function isMark(value: unknown): value is KeyMark {
  const { fingerprint, source, root } = (value ?? {}) as Partial<KeyMark>;
  return typeof fingerprint === "string" && (source === "environment" || source === "file") && isSealedSecret(root);
}

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw new MasterKeyError(`${path} cannot be read (${message}).`);
  }
}
