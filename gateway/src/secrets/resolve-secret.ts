import { readFile } from "node:fs/promises";

/**
 * The secret behind a reference: `env:NAME` or `file:PATH` (its text without the line end). Null when there is none by
 * now, or the reference is of another kind. Looked up anew each time, so that a changed secret counts at once.
 */
export async function resolveSecret(reference: string): Promise<string | null> {
  const colon = reference.indexOf(":");
  const name = reference.slice(colon + 1);
  switch (reference.slice(0, colon)) {
    case "env":
      return process.env[name] ?? null;
    case "file":
      return readFile(name, "utf8").then(
        (text) => text.replace(/\r?\n$/, ""),
        () => null,
      );
    default:
      return null;
  }
}
