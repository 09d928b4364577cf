import { existsSync, renameSync, rmSync } from "node:fs";
import type { SealedSecret } from "../core/sealed-secret.ts";
import { type KeyMarks, keyPaths, readKeyFile, readKeyMarks, writeKeyFile, writeKeyMarks } from "./key-files.ts";
import { findKey, type FoundKey, type KeyPlace, markOf, rootKeyOf } from "./load-keys.ts";
import { type MasterKey, masterKeyFromText, newMasterKey } from "./master-key.ts";
import { MasterKeyError } from "./master-key-error.ts";
import { rewrapSecret } from "./seal-secret.ts";
import { fsyncDirectory } from "./write-durably.ts";

/** Where sealed secrets lie. */
export interface SealedStore {
  /** Fingerprints of the master keys under which any secret is. */
  keyIds(): Promise<ReadonlySet<string>>;
  /**
   * Replaces every sealed secret by what `replace` makes of it: all of them or, after a crash, none, and on the disk when this settles.
   * `replace` answers the same object for one that stays.
   */
  reseal(replace: (sealed: SealedSecret) => SealedSecret): Promise<void>;
}

/** What a rotation works with. */
export interface RotationOptions {
  readonly place: RotationPlace;
  readonly store: SealedStore;
  /** Told before each step that leaves something on the disk; for tests that break it off there. */
  readonly onStep?: (step: string) => void;
}

/** Where to look for the keys of a rotation. */
export interface RotationPlace extends KeyPlace {
  /** `HEADGATE_NEW_MASTER_KEY`; null when it is not set. */
  readonly newEnvironmentKey: string | null;
}

/** What became of a rotation. */
export interface Rotated {
  /** Fingerprint of the key in use now. */
  readonly fingerprint: string;
  readonly source: FoundKey["source"];
  readonly resealed: number;
  /** Secrets that cannot be opened with any key there is; they were left as they are. */
  readonly unreadable: number;
}

/**
 * Puts another master key in place of the present one: `HEADGATE_NEW_MASTER_KEY`, or a new one in `master.key` when `toFile` says so.
 * A rotation that was broken off is ended first. Whoever calls this holds the data directory's lock.
 *
 * Whatever happens in between, the secrets can be opened: the old key stays until every secret is under the new one on the disk, and
 * `master-key.id` names both while that goes on.
 * @throws MasterKeyError when a key is missing, is another one, or is the same; nothing was changed then.
 */
export async function rotateMasterKey(options: RotationOptions & { readonly toFile: boolean }): Promise<Rotated> {
  const { place, onStep = () => {}, toFile } = options;
  const paths = keyPaths(place.dataDirectory);
  const unfinished = readKeyMarks(paths.id);
  if (unfinished === null) throw new MasterKeyError("There is no master key yet: one is made at the first start.");
  const ended = unfinished.next === null ? null : await finishRotation(options);
  const marks = readKeyMarks(paths.id) as KeyMarks;
  // A broken rotation with the same new key was this one.
  const hasNewKey = place.newEnvironmentKey !== null && !toFile;
  if (ended !== null && (!hasNewKey || masterKeyFromText(place.newEnvironmentKey).id === ended.fingerprint))
    return ended;
  if (marks.source === "environment" && !hasNewKey && !toFile) {
    throw new MasterKeyError(
      "The master key is from HEADGATE_MASTER_KEY. Set HEADGATE_NEW_MASTER_KEY to the key that is to follow, or give --to-file.",
    );
  }
  const next = nextKey(place, toFile);
  const current = findKey(place, marks);
  if (next.key.id === current.key.id) throw new MasterKeyError("The new master key is the one in use.");
  const rootKey = rootKeyOf(current.key, marks);
  if (next.source === "file") {
    onStep("write the new key");
    writeKeyFile(paths.next, next.key);
  }
  onStep("note both keys");
  writeKeyMarks(paths.id, { ...marks, next: markOf(next, rootKey) });
  return (await finishRotation(options)) as Rotated;
}

/**
 * Ends a rotation that was begun, from wherever it was broken off; answers null when none was, or when nothing had come of it yet and
 * its new key is not there, in which case it is forgotten.
 * @throws MasterKeyError when the key that is needed for it is not there; nothing was changed then.
 */
export async function finishRotation({ place, store, onStep = () => {} }: RotationOptions): Promise<Rotated | null> {
  const paths = keyPaths(place.dataDirectory);
  const marks = readKeyMarks(paths.id);
  if (marks === null || marks.next === null) return null;
  const { next, ...present } = marks;
  const known = knownKeys(place);
  const to = known.get(next.fingerprint);
  if (to === undefined) {
    await requireUntouched(marks, store);
    findKey(place, marks);
    writeKeyMarks(paths.id, { ...present, next: null });
    return null;
  }
  onStep("seal anew");
  const counts = await reseal(store, { from: known.get(marks.fingerprint) ?? null, to });
  if (next.source === "file" && existsSync(paths.next)) {
    onStep("put the new key in its place");
    renameSync(paths.next, paths.key);
    fsyncDirectory(place.dataDirectory);
  }
  onStep("note the new key");
  writeKeyMarks(paths.id, { ...next, next: null });
  if (next.source === "environment") {
    onStep("remove the old key");
    rmSync(paths.key, { force: true });
  }
  return { fingerprint: next.fingerprint, source: next.source, ...counts };
}

async function reseal(
  store: SealedStore,
  { from, to }: { readonly from: MasterKey | null; readonly to: MasterKey },
): Promise<Pick<Rotated, "resealed" | "unreadable">> {
  // By their text: the same secret may lie in several places.
  const resealed = new Set<string>();
  const unreadable = new Set<string>();
  await store.reseal((sealed) => {
    if (sealed.keyId === to.id) return sealed;
    try {
      if (from === null) throw new Error("the old key is not there");
      const moved = rewrapSecret(sealed, from, to);
      resealed.add(sealed.text);
      return moved;
    } catch {
      unreadable.add(sealed.text);
      return sealed;
    }
  });
  return { resealed: resealed.size, unreadable: unreadable.size };
}

function nextKey({ newEnvironmentKey }: RotationPlace, toFile: boolean): FoundKey {
  if (!toFile && newEnvironmentKey !== null)
    return { key: masterKeyFromText(newEnvironmentKey), source: "environment" };
  return { key: newMasterKey(), source: "file" };
}

/** Every master key that can be found, by fingerprint. */
function knownKeys({ dataDirectory, environmentKey, newEnvironmentKey }: RotationPlace): Map<string, MasterKey> {
  const { key, next } = keyPaths(dataDirectory);
  const texts = [environmentKey, newEnvironmentKey].filter((text) => text !== null);
  const keys = [
    ...texts.map(masterKeyFromText),
    ...[readKeyFile(key), readKeyFile(next)].filter((one) => one !== null),
  ];
  return new Map(keys.map((one) => [one.id, one]));
}

async function requireUntouched({ next }: KeyMarks, store: SealedStore): Promise<void> {
  const fingerprint = next?.fingerprint ?? "";
  if (!(await store.keyIds()).has(fingerprint)) return;
  throw new MasterKeyError(
    `A rotation of the master key was broken off when secrets were under the new key, fingerprint ${fingerprint}, already. ` +
      "Give both keys once more: headgate keys rotate with HEADGATE_MASTER_KEY and HEADGATE_NEW_MASTER_KEY. Nothing was changed.",
  );
}
