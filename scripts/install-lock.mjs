import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./setup-error.mjs";

const pollMs = 200;
const giveUpMs = 15 * 60_000;

/**
 * Runs `task` while no other process on the same checkout runs one. The lock is a folder that appears whole, by a
 * rename, and names its owner; a lock whose owner died is taken over.
 *
 * @template T
 * @param {string} folder where the lock is made; created when missing
 * @param {() => Promise<T>} task
 * @param {(message: string) => void} say told once when there is somebody to wait for
 * @returns {Promise<T>}
 * @throws {SetupError} after 15 minutes of waiting
 */
export async function withInstallLock(folder, task, say) {
  mkdirSync(folder, { recursive: true });
  const lockPath = join(folder, "install.lock");
  const token = randomUUID();
  await acquire({ folder, lockPath, token, say });
  try {
    return await task();
  } finally {
    rmSync(lockPath, { recursive: true, force: true });
    removeAbandoned(folder);
  }
}

async function acquire({ folder, lockPath, token, say }) {
  const draft = join(folder, `install.draft-${token}`);
  mkdirSync(draft);
  writeFileSync(join(draft, "owner.json"), JSON.stringify({ pid: process.pid, host: hostname(), token }));
  const startedAtMs = Date.now();
  let told = false;
  try {
    while (!movedTo(draft, lockPath)) {
      const owner = readOwner(lockPath);
      if (owner !== undefined && isGone(owner, lockPath)) {
        // Named after the dead owner and left in place: of two who want to clear the same lock, the second fails here.
        movedTo(lockPath, join(folder, `install.abandoned-${owner.token}`));
        continue;
      }
      if (!told) say("another start is installing; waiting for it");
      told = true;
      if (Date.now() - startedAtMs > giveUpMs) {
        throw new SetupError(`waited 15 minutes for another installation. If there is none, delete ${lockPath}`);
      }
      await sleep(pollMs);
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Renames a folder unless a filled one stands at the new path. */
function movedTo(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "ENOENT", "EPERM"].includes(error.code)) return false;
    throw error;
  }
}

function readOwner(lockPath) {
  try {
    return JSON.parse(readFileSync(join(lockPath, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function isGone(owner, lockPath) {
  try {
    // A process of another machine on a shared folder cannot be asked, only outwaited.
    if (owner.host !== hostname()) return Date.now() - statSync(lockPath).mtimeMs > giveUpMs;
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function removeAbandoned(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.startsWith("install.abandoned-")) continue;
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > giveUpMs) rmSync(path, { recursive: true, force: true });
  }
}
