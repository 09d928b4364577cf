import { readFile, stat } from "node:fs/promises";

/** Largest file that is read as a secret. */
const MAX_BYTES = 65_536;

/** The gateway's own settings are no secrets to be handed out; among them is the master key. */
const OWN_VARIABLE = /^HEADGATE_/;

/**
 * The secret behind a reference: `env:NAME` or `file:PATH` (its text without the line end, at most 64 KiB). Null when there is none
 * by now, or the reference is of another kind; also for the gateway's own variables `HEADGATE_…`, and for what is no plain file.
 * Looked up anew each time, so that a changed secret counts at once.
 */
export async function resolveSecret(reference: string): Promise<string | null> {
  const colon = reference.indexOf(":");
  const name = reference.slice(colon + 1);
  switch (reference.slice(0, colon)) {
    case "env":
      return OWN_VARIABLE.test(name) ? null : (process.env[name] ?? null);
    case "file":
      return readSecretFile(name).catch(() => null);
    default:
      return null;
  }
}

async function readSecretFile(path: string): Promise<string | null> {
  // Looked at before it is opened: opening a pipe would wait for somebody to write.
  const found = await stat(path);
  if (!found.isFile() || found.size > MAX_BYTES) return null;
  return (await readFile(path, "utf8")).replace(/\r?\n$/, "");
}
