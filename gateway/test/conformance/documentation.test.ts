import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { documentationFiles } from "../../src/control/documentation/documentation-files.ts";
import { renderMarkdown } from "../../src/control/documentation/render-markdown.ts";

const root = resolve(import.meta.dir, "../../..");
const docs = join(root, "docs");
const below = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));
const pages = [...below.map((path) => join("docs", path)), "README.md", "CONTRIBUTING.md", "SECURITY.md"];
const files = documentationFiles(docs);

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const idsOf = (html: string): string[] => [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] as string);
const linksOf = (html: string): string[] =>
  [...html.matchAll(/ (?:href|src)="([^"]+)"/g)].map((match) => match[1] as string);

test.each(pages)("links of %s lead somewhere", (page) => {
  const dead = linksOf(renderMarkdown(read(page), (target) => target).html).filter((link) => {
    if (/^(?:https?:|mailto:)/.test(link)) return false;
    const [name = "", fragment] = link.split("#");
    const path = name === "" ? join(root, page) : join(root, dirname(page), name);
    if (!existsSync(path)) return true;
    if (fragment === undefined) return false;
    const { html } = renderMarkdown(readFileSync(path, "utf8"), () => null);
    return !idsOf(html).includes(fragment);
  });
  expect(dead).toEqual([]);
});

test("docs/README.md lists every page", () => {
  const listed = linksOf(renderMarkdown(read("docs/README.md"), (target) => target).html);
  expect(below.filter((path) => path !== "README.md" && !listed.includes(relative(".", path)))).toEqual([]);
});

describe("served below /docs", () => {
  const served = new Map<string, string>();
  test("every page is there, under a policy that lets it load and run nothing", async () => {
    expect(below.length).toBeGreaterThan(40);
    for (const path of below) {
      const address = path === "README.md" ? "/docs" : `/docs/${path.replace(/\.md$/, "")}`;
      const answer = files.get(address)?.();
      expect([address, answer?.headers.get("content-type")]).toEqual([address, "text/html; charset=utf-8"]);
      const policy = answer?.headers.get("content-security-policy") ?? "";
      expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-");
      const html = (await answer?.text()) ?? "";
      expect(html).not.toMatch(/<script|<iframe|\son\w+=|javascript:|style="/i);
      expect(html).toContain('aria-current="page"');
      served.set(address, html);
    }
  });

  test("links lead to pages and places that are served", () => {
    const dead = [...served].flatMap(([address, html]) =>
      linksOf(html)
        .filter((link) => {
          if (/^https?:/.test(link) || ["/", "/docs/api"].includes(link)) return false;
          const [path = "", fragment] = link.split("#");
          const target = path === "" ? address : path;
          if (!files.has(target)) return true;
          return fragment !== undefined && !idsOf(served.get(target) ?? "").includes(fragment);
        })
        .map((link) => `${address}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  test("data and pictures are served as they are", async () => {
    const answer = files.get("/docs/reference/headgate.schema.json")?.();
    expect(await answer?.text()).toBe(read("docs/reference/headgate.schema.json"));
    expect(answer?.headers.get("content-type")).toStartWith("application/json");
  });

  test("nothing is served where there are no pages", () => {
    expect(documentationFiles(join(root, "none")).size).toBe(0);
  });
});

describe("renderMarkdown", () => {
  test("names headings as GitHub does, also when they repeat, and lists those of the second level", () => {
    const { html, title, sections } = renderMarkdown(
      "# The `a_b` & c\n\n## One, two\n\n## One, two\n\n### Three",
      () => null,
    );
    expect(idsOf(html)).toEqual(["the-a_b--c", "one-two", "one-two-1", "three"]);
    expect(title).toBe("The a_b & c");
    expect(sections.map(({ id }) => id)).toEqual(["one-two", "one-two-1"]);
  });

  test("takes out links and pictures that lead nowhere and keeps their text", () => {
    const { html } = renderMarkdown("[there](a.md#b) [not](../src/x.ts) ![p](p.svg) ![q](q.svg)", (target) =>
      target.startsWith("a.md") ? "/docs/a#b" : target === "p.svg" ? "/docs/p.svg" : null,
    );
    expect(html).toBe('<p><a href="/docs/a#b">there</a> not <img src="/docs/p.svg" alt="p" /> </p>\n');
  });

  test("shows code as text and leaves comments and scripts out", () => {
    const { html } = renderMarkdown(
      "```html\n<b>&amp;</b>\n```\n\n<!-- note -->\n\n<script>alert(1)</script>\n",
      () => null,
    );
    expect(html).toContain('<pre tabindex="0"><code class="language-html">&lt;b&gt;&amp;amp;&lt;/b&gt;');
    expect(html).not.toMatch(/<script|note/);
  });
});
