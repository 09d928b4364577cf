import { readFile, realpath, stat } from "node:fs/promises";
import { sep } from "node:path";

/** Looks a reference up: the secret, or null when there is none by now. */
export type ResolveSecret = (reference: string) => Promise<string | null>;

/** Largest file that is read as a secret. */
const MAX_BYTES = 65_536;

/** The gateway's own settings are no secrets to be handed out; among them is the master key. */
const OWN_VARIABLE = /^HEADGATE_/;

/**
 * Looks up the secret behind a reference: `env:NAME` or `file:PATH` (its text without the line end, at most 64 KiB). There is none, too,
 * behind a reference of another kind, the gateway's own variables `HEADGATE_…`, what is no plain file, and files of the data
 * directory, where the master key is. Looked up anew each time, so that a changed secret counts at once.
 */
export function createSecretResolver(dataDirectory: string): ResolveSecret {
  return async (reference) => {
    const colon = reference.indexOf(":");
    const name = reference.slice(colon + 1);
    switch (reference.slice(0, colon)) {
      case "env":
        return OWN_VARIABLE.test(name) ? null : (process.env[name] ?? null);
      case "file":
        return readSecretFile(name, dataDirectory).catch(() => null);
      default:
        return null;
    }
  };
}

async function readSecretFile(path: string, dataDirectory: string): Promise<string | null> {
  // Followed first, so that no link leads to where it may not.
  const [real, own] = await Promise.all([realpath(path), realpath(dataDirectory).catch(() => null)]);
  if (own !== null && real.startsWith(own + sep)) return null;
  // Looked at before it is opened: opening a pipe would wait for somebody to write.
  const found = await stat(real);
  if (!found.isFile() || found.size > MAX_BYTES) return null;
  return (await readFile(real, "utf8")).replace(/\r?\n$/, "");
}
