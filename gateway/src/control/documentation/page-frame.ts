import { html, type Html, joined } from "../../management/openapi/html.ts";
import { pageStyle } from "./page-style.ts";
import type { RenderedPage } from "./render-markdown.ts";

/** A heading of the list of pages with what stands below it. */
export interface PageGroup {
  readonly title: string;
  readonly pages: readonly { readonly title: string; readonly href: string }[];
}

/** A whole page: the list of all pages, the page's own sections and its text. It runs no script and loads nothing from elsewhere. */
export function pageFrame(page: RenderedPage, href: string, groups: readonly PageGroup[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title === "Documentation" ? "Headgate" : page.title} – Documentation</title>
        <style>
          ${pageStyle}
        </style>
      </head>
      <body>
        <header>
          <a class="skip" href="#text">To the text</a>
          <strong><a href="/docs" ${current("/docs", href)}>Headgate documentation</a></strong>
          <a href="#pages">All pages</a>
          <a href="/docs/api">API</a>
          <a href="/">Dashboard</a>
        </header>
        <main id="text">${sectionList(page)}</main>
        <nav class="pages" id="pages" aria-label="Pages">${joined(groups.map((group) => groupList(group, href)))}</nav>
      </body>
    </html> `.text;
}

/** The text with its sections listed below the title, where there are enough of them to choose from. */
function sectionList({ html: text, sections }: RenderedPage): Html {
  if (sections.length < 3) return { text };
  const list = html`<nav class="sections" aria-label="On this page">
    <ul>
      ${joined(sections.map(({ id, html: name }) => html`<li><a href="#${id}">${{ text: name }}</a></li>`))}
    </ul>
  </nav>`;
  return { text: text.replace("</h1>", () => `</h1>${list.text}`) };
}

function groupList({ title, pages }: PageGroup, shown: string): Html {
  return html`<h2>${title}</h2>
    <ul>
      ${joined(
        pages.map(
          ({ title: name, href }) =>
            html`<li>
              <a href="${href}" ${current(href, shown)}>${name}</a>
            </li>`,
        ),
      )}
    </ul>`;
}

function current(href: string, shown: string): Html {
  return { text: href === shown ? 'aria-current="page"' : "" };
}
