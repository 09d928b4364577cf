import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { type FileSource, filesOf } from "../file-source.ts";
import { htmlPage, securityHeaders } from "../html-page.ts";
import { madeOnce } from "../made-once.ts";
import { pageFrame, type PageGroup } from "./page-frame.ts";
import { renderMarkdown } from "./render-markdown.ts";

const homePath = "/README.md";

/**
 * Answers by URL path for the documentation, for anybody: `README.md` at `/docs`, other Markdown files as pages without their
 * ending, pictures and data as they are. Pages are made when first asked for. Nothing is served where there is no `README.md`.
 */
export function documentationFiles(source: FileSource): ReadonlyMap<string, () => Response> {
  const paths = filesOf(source);
  const home = paths.get(homePath);
  if (home === undefined) return new Map();
  const groups = madeOnce(() => pageGroups(readFileSync(home, "utf8")));
  return new Map([...paths].map(([path, file]) => [addressOf(path), answerOf(path, file, { paths, groups })]));
}

interface Documentation {
  readonly paths: ReadonlyMap<string, string>;
  readonly groups: () => readonly PageGroup[];
}

function answerOf(path: string, file: string, { paths, groups }: Documentation): () => Response {
  if (!path.endsWith(".md")) {
    return () => new Response(Bun.file(file), { headers: { ...securityHeaders, "cache-control": "no-cache" } });
  }
  const page = madeOnce(() => {
    const rendered = renderMarkdown(readFileSync(file, "utf8"), (target) => resolved(target, path, paths));
    return pageFrame(rendered, addressOf(path), groups());
  });
  return () => htmlPage(page());
}

function addressOf(path: string): string {
  return path === homePath ? "/docs" : `/docs${path.replace(/\.md$/, "")}`;
}

/** Where a link of the page at `path` leads: to elsewhere, to a place on the page, to another page or file; null when that is not served. */
function resolved(target: string, path: string, paths: ReadonlyMap<string, string>): string | null {
  if (/^(?:https?:|mailto:|#)/.test(target)) return target;
  const [name = "", fragment] = target.split("#");
  const other = name.startsWith("/") ? name : posix.join(posix.dirname(path), name);
  if (!paths.has(other)) return null;
  return addressOf(other) + (fragment === undefined ? "" : `#${fragment}`);
}

/** The list of pages that `README.md` holds: its sections, and the link that begins each entry. */
function pageGroups(readme: string): readonly PageGroup[] {
  const [, ...sections] = readme.split(/^## /m);
  return sections.map((section) => {
    const [title = "", ...lines] = section.split("\n");
    const links = lines.map((line) => /^(?:-|\d+\.) \[([^\]]+)\]\(([^)]+\.md)\)/.exec(line));
    const pages = links.flatMap((link) =>
      link === null ? [] : [{ title: link[1] as string, href: addressOf(`/${link[2]}`) }],
    );
    return { title, pages };
  });
}
