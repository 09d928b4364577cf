import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Where files that are served lie: a directory, which may be missing, or for each URL path the file it names. */
export type FileSource = string | ReadonlyMap<string, string>;

/** The files of `source` by URL path, which begins with a slash. Hidden files are left out. */
export function filesOf(source: FileSource): ReadonlyMap<string, string> {
  return typeof source === "string" ? filesBelow(source) : source;
}

function filesBelow(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory)) return new Map();
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(entries.map((path) => [`/${relative(directory, path).split(sep).join("/")}`, path]));
}
