import { type ImportDraft, nameFrom, valueAt } from "./import-draft.ts";

/** `custom-` and the host, with a number when another path of the host has the name; null when the address is no URL. */
export function customSlug(draft: ImportDraft, url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, port } = new URL(url);
  const name = nameFrom(`${hostname}${port === "" ? "" : `-${port}`}`.toLowerCase()).slice(0, 58);
  for (let count = 1; ; count += 1) {
    const slug = `custom-${name}${count === 1 ? "" : `-${count}`}`;
    const before = valueAt(draft.file, ["providers", slug, "base_url"]);
    if (before === undefined || before === url) return slug;
  }
}
