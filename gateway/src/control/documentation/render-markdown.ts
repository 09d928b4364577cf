/** A page of the documentation, without its frame. */
export interface RenderedPage {
  /** The page's first heading, as text. */
  readonly title: string;
  readonly html: string;
  /** Its sections, in order, for a table of contents. */
  readonly sections: readonly PageSection[];
}

/** A heading of the second level. */
export interface PageSection {
  /** What `#…` names it by. */
  readonly id: string;
  /** Its text as HTML, without links. */
  readonly html: string;
}

/**
 * Turns Markdown of ours, with tables as on GitHub, into HTML. Headings are named as GitHub names them, so that links between
 * pages mean the same there and here.
 * @param resolve where a link or picture leads; null where it leads to nothing that is served: then its text stands without a link
 */
export function renderMarkdown(markdown: string, resolve: (target: string) => string | null): RenderedPage {
  const raw = Bun.markdown.html(markdown.replaceAll(/<!--[^]*?-->/g, ""), { tagFilter: true });
  const { html, headings } = withNamedHeadings(raw);
  return {
    title: textOf(headings.find(({ level }) => level === 1)?.html ?? ""),
    html: withResolvedLinks(html, resolve),
    sections: headings.filter(({ level }) => level === 2),
  };
}

interface Heading extends PageSection {
  readonly level: number;
}

function withNamedHeadings(raw: string): { readonly html: string; readonly headings: readonly Heading[] } {
  const headings: Heading[] = [];
  const taken = new Map<string, number>();
  const html = raw.replaceAll(/<h([1-6])>([^]*?)<\/h\1>/g, (_whole, level: string, inner: string) => {
    const name = nameOf(textOf(inner));
    const earlier = taken.get(name) ?? 0;
    taken.set(name, earlier + 1);
    const id = earlier === 0 ? name : `${name}-${earlier}`;
    headings.push({ level: Number(level), id, html: inner.replaceAll(/<\/?a\b[^>]*>/g, "") });
    return `<h${level} id="${id}">${inner}</h${level}>`;
  });
  return { html, headings };
}

/** Small letters, digits, `_` and `-`; spaces become `-`, everything else is left out. */
function nameOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
}

function textOf(html: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|quot);/g, (_entity, name: string) => named[name] ?? "");
}

function withResolvedLinks(html: string, resolve: (target: string) => string | null): string {
  return (
    new HTMLRewriter()
      .on("a[href]", {
        element(link) {
          const target = resolve(link.getAttribute("href") as string);
          if (target === null) link.removeAndKeepContent();
          else link.setAttribute("href", target);
        },
      })
      .on("img[src]", {
        element(picture) {
          const target = resolve(picture.getAttribute("src") as string);
          if (target === null) picture.remove();
          else picture.setAttribute("src", target);
        },
      })
      .on("table", {
        element(table) {
          table.before('<div class="wide" tabindex="0">', { html: true });
          table.after("</div>", { html: true });
        },
      })
      // What scrolls must be reachable without a mouse.
      .on("pre", { element: (block) => void block.setAttribute("tabindex", "0") })
      .transform(html)
  );
}
