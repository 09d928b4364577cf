import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecretContext } from "../core/sealed-secret.ts";
import {
  keyPaths,
  type KeyMark,
  type KeyMarks,
  type MasterKeySource,
  readKeyFile,
  readKeyMarks,
  writeKeyFile,
  writeKeyMarks,
} from "./key-files.ts";
import { type MasterKey, masterKeyFromText, newMasterKey } from "./master-key.ts";
import { MasterKeyError } from "./master-key-error.ts";
import { settingsFilePath } from "../settings/settings-file.ts";
import { openSecret, sealSecret } from "./seal-secret.ts";
import { sealedKeyIds } from "./sealed-values.ts";

/** The keys of an installation as text, to be handed from process to process over a channel, never in an environment or a command line. */
export interface KeyMaterial {
  /** 32 bytes, base64url. */
  readonly masterKey: string;
  /** 32 bytes, base64url: the root of the keys that outlive a rotation. */
  readonly rootKey: string;
}

/** Where to look for the master key. */
export interface KeyPlace {
  readonly dataDirectory: string;
  /** `HEADGATE_MASTER_KEY`; null when it is not set. */
  readonly environmentKey: string | null;
}

/** A master key and where it came from. */
export interface FoundKey {
  readonly key: MasterKey;
  readonly source: MasterKeySource;
}

const ROOT: SecretContext = { accountId: "", kind: "master-key", id: "root" };

/**
 * Finds the installation's master key, in the environment or in `master.key`, and holds it against `master-key.id`. At the first start
 * both files are made. Whoever calls this holds the data directory's lock.
 * @throws MasterKeyError when the key is missing, is another than the one in use, or is not kept well; nothing was changed then.
 */
export function loadKeys(place: KeyPlace): KeyMaterial {
  const marks = readKeyMarks(keyPaths(place.dataDirectory).id);
  if (marks !== null) return materialOf(findKey(place, marks), marks);
  const given = givenKey(place);
  requireUnsealed(place.dataDirectory, given);
  const found = given ?? makeKeyFile(place.dataDirectory);
  const mark = markOf(found, randomBytes(32).toString("base64url"));
  writeKeyMarks(keyPaths(place.dataDirectory).id, { ...mark, next: null });
  return materialOf(found, mark);
}

/**
 * The master key of an installation that has been started before.
 * @throws MasterKeyError when there is none, or it is another.
 */
export function findKey(place: KeyPlace, marks: KeyMarks): FoundKey {
  const found = givenKey(place);
  const { key, id } = keyPaths(place.dataDirectory);
  const expected =
    marks.source === "file" ? `the one that was in ${key}` : "the one that was given in HEADGATE_MASTER_KEY";
  const remedy =
    `Start with ${expected}, fingerprint ${marks.fingerprint}. If it is lost for good, remove ${id}: ` +
    "secrets and tokens stored under it are lost then and have to be set anew. Nothing was changed.";
  if (found === null) throw new MasterKeyError(`The master key is missing. ${remedy}`);
  if (found.key.id === marks.fingerprint) return found;
  const origin = found.source === "file" ? `in ${key}` : "in HEADGATE_MASTER_KEY";
  throw new MasterKeyError(`The master key ${origin} is another one, fingerprint ${found.key.id}. ${remedy}`);
}

/** The mark of a key, with the root sealed under it. */
export function markOf({ key, source }: FoundKey, rootKey: string): KeyMark {
  return { fingerprint: key.id, source, root: sealSecret(key, rootKey, ROOT) };
}

/**
 * The root key of a mark.
 * @throws UnsealError when the mark was changed.
 */
export function rootKeyOf(key: MasterKey, mark: KeyMark): string {
  return openSecret(key, mark.root, ROOT);
}

/**
 * Holds a key against the secrets that workers were told of, where `master-key.id` is gone: a new key would lose them without a word.
 * @throws MasterKeyError when one is sealed under another key.
 */
function requireUnsealed(dataDirectory: string, given: FoundKey | null): void {
  const others = [...sealedKeyIds(readTold(settingsFilePath(dataDirectory)))].filter((id) => id !== given?.key.id);
  if (others.length === 0) return;
  throw new MasterKeyError(
    `${keyPaths(dataDirectory).id} is gone, and secrets are sealed under the master key ${others.join(", ")}, ` +
      `which ${given === null ? "is not there either" : `is not the one given, ${given.key.id}`}. ` +
      "Restore that key from a backup. Nothing was changed.",
  );
}

function readTold(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function givenKey({ dataDirectory, environmentKey }: KeyPlace): FoundKey | null {
  if (environmentKey !== null) return { key: masterKeyFromText(environmentKey), source: "environment" };
  const key = readKeyFile(keyPaths(dataDirectory).key);
  return key === null ? null : { key, source: "file" };
}

function makeKeyFile(dataDirectory: string): FoundKey {
  const key = newMasterKey();
  writeKeyFile(keyPaths(dataDirectory).key, key);
  return { key, source: "file" };
}

function materialOf({ key }: FoundKey, mark: KeyMark): KeyMaterial {
  return { masterKey: key.bytes.toString("base64url"), rootKey: rootKeyOf(key, mark) };
}
