import { catalogue } from "../../../providers/catalogue.ts";
import { type ForeignProvider, foreignProvider } from "../../../providers/foreign-provider.ts";
import { customSlug } from "../custom-slug.ts";
import { type ImportDraft, nothingToDo, notMapped, put } from "../import-draft.ts";
import { type SourceValue, textOf } from "../import-source.ts";
import { fieldOf } from "./portkey-field.ts";

/** The provider that a target is sent to: a built-in one, or a custom one for its `custom_host`. Null when there is neither; that is told then. */
export function targetProvider(draft: ImportDraft, target: SourceValue): string | null {
  const provider = fieldOf(target, "provider");
  const virtualKey = fieldOf(target, "virtual_key");
  const host = fieldOf(target, "custom_host");
  const named = textOf(provider)?.replace(/^@/, "").split("/")[0];
  // Names of stored keys mostly begin with the vendor's.
  const foreign = foreignOf(named) ?? foreignOf(textOf(virtualKey) ?? undefined);
  if (host !== null) {
    const url = textOf(host)?.replace(/\/+$/, "") ?? "";
    const slug = customSlug(draft, url);
    const dialect = foreign?.dialect === undefined ? {} : { dialect: foreign.dialect };
    if (slug === null) notMapped(draft, host, "expected an http or https URL");
    else if (put(draft, host, { target: ["providers", slug], value: { base_url: url, ...dialect } })) {
      if (provider !== null) nothingToDo(draft, provider, `goes to ${slug}`);
      return slug;
    }
    if (provider !== null) notMapped(draft, provider, "its address cannot be used");
    return null;
  }
  if (foreign?.slug !== undefined) {
    if (provider !== null) nothingToDo(draft, provider, `built in as ${foreign.slug}`);
    return foreign.slug;
  }
  if (foreign?.baseUrl !== undefined && provider !== null) {
    const slug = `custom-${(named as string).toLowerCase()}`;
    return put(draft, provider, { target: ["providers", slug], value: { base_url: foreign.baseUrl } }) ? slug : null;
  }
  if (provider !== null)
    notMapped(draft, provider, "a provider that is not known here: add it under `providers` by hand");
  return null;
}

/** What a name stands for, or the longest beginning of it that ends at a dash. */
function foreignOf(name: string | undefined): ForeignProvider | null {
  for (let rest = name ?? ""; rest !== ""; rest = rest.includes("-") ? rest.slice(0, rest.lastIndexOf("-")) : "") {
    const found = foreignProvider(rest) ?? slugOf(rest);
    if (found !== null) return found;
  }
  return null;
}

function slugOf(name: string): ForeignProvider | null {
  return catalogue.some(({ slug }) => slug === name) ? { slug: name } : null;
}
