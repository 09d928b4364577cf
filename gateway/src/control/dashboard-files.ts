import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { htmlPage, securityHeaders } from "./html-page.ts";
import { plainPage } from "./plain-page.ts";

/** Answers for the dashboard's files by URL path; absent paths have none. */
export type DashboardFiles = ReadonlyMap<string, () => Response>;

/**
 * The files of a built dashboard, or one plain page at `/` where `directory` has no `index.html`.
 * What is served is listed here once, so no request can name another file. Hidden files are left out. Files below `assets/`
 * carry a hash in their names and may be kept by browsers; the others are asked for anew each time.
 */
export function dashboardFiles(directory: string): DashboardFiles {
  const indexPath = join(directory, "index.html");
  const index = existsSync(indexPath) ? readFileSync(indexPath, "utf8") : null;
  const files = new Map<string, () => Response>([["/", () => htmlPage(index ?? plainPage)]]);
  if (index === null) return files;
  for (const path of filesBelow(directory)) {
    const urlPath = `/${relative(directory, path).split(sep).join("/")}`;
    if (path !== indexPath) files.set(urlPath, () => file(path, urlPath.startsWith("/assets/")));
  }
  return files;
}

function file(path: string, isImmutable: boolean): Response {
  const cacheControl = isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
  return new Response(Bun.file(path), { headers: { ...securityHeaders, "cache-control": cacheControl } });
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
}
