import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { htmlPage, securityHeaders } from "./html-page.ts";
import { plainPage } from "./plain-page.ts";

/** Answers for the dashboard's files by URL path; absent paths have none. */
export type DashboardFiles = ReadonlyMap<string, () => Response>;

/** Where the dashboard's built files are: a directory, which may be missing, or for each URL path the file it names. */
export type DashboardSource = string | ReadonlyMap<string, string>;

const indexUrlPath = "/index.html";

/**
 * The files of a built dashboard, or one plain page at `/` where there is no `index.html`.
 * What is served is listed here once, so no request can name another file. Hidden files are left out. Files below `assets/`
 * carry a hash in their names and may be kept by browsers; the others are asked for anew each time.
 */
export function dashboardFiles(source: DashboardSource): DashboardFiles {
  const paths = typeof source === "string" ? pathsBelow(source) : source;
  const indexPath = paths.get(indexUrlPath);
  const index = indexPath === undefined ? null : readFileSync(indexPath, "utf8");
  const files = new Map<string, () => Response>([["/", () => htmlPage(index ?? plainPage)]]);
  if (index === null) return files;
  for (const [urlPath, path] of paths) {
    if (urlPath !== indexUrlPath) files.set(urlPath, () => file(path, urlPath.startsWith("/assets/")));
  }
  return files;
}

function file(path: string, isImmutable: boolean): Response {
  const cacheControl = isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
  return new Response(Bun.file(path), { headers: { ...securityHeaders, "cache-control": cacheControl } });
}

function pathsBelow(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory)) return new Map();
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(entries.map((path) => [`/${relative(directory, path).split(sep).join("/")}`, path]));
}
