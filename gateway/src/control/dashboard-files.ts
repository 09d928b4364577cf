import { readFileSync } from "node:fs";
import { type FileSource, filesOf } from "./file-source.ts";
import { htmlPage, securityHeaders } from "./html-page.ts";
import { plainPage } from "./plain-page.ts";

const indexUrlPath = "/index.html";

/**
 * Answers by URL path for the files of a built dashboard, or one plain page at `/` where there is no `index.html`; absent paths have none.
 * What is served is listed here once, so no request can name another file. Hidden files are left out. Files below `assets/`
 * carry a hash in their names and may be kept by browsers; the others are asked for anew each time.
 */
export function dashboardFiles(source: FileSource): ReadonlyMap<string, () => Response> {
  const paths = filesOf(source);
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
