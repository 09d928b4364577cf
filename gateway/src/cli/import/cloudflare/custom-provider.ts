import { type ImportDraft, mappedInto, nothingToDo, notMapped, put } from "../import-draft.ts";
import { memberOf, membersOf, type SourceValue, textOf } from "../import-source.ts";

const descriptive: ReadonlySet<string> = new Set([
  "name",
  "description",
  "link",
  "logo",
  "curl_example",
  "js_example",
  "position",
  "beta",
]);
const readOnly: ReadonlySet<string> = new Set(["id", "account_id", "account_tag", "created_at", "modified_at"]);

/** One custom provider of the API (reference §14.7); a disabled one is as none, there and here. */
export function importCustomProvider(draft: ImportDraft, object: SourceValue): void {
  const slug = memberOf(object, "slug");
  const baseUrl = memberOf(object, "base_url");
  const name = textOf(slug)?.replace(/^custom-/, "") ?? "";
  if (slug === null || baseUrl === null || !/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) {
    notMapped(draft, object, "a custom provider without a base URL or a slug of small letters, digits and dashes");
    return;
  }
  if (memberOf(object, "enable")?.value === false) {
    nothingToDo(draft, object, "switched off there, which is as if it were not there");
    return;
  }
  const target = ["providers", `custom-${name}`];
  if (put(draft, baseUrl, { target, value: { base_url: baseUrl.value } })) mappedInto(draft, slug, target);
  else notMapped(draft, slug, "its base URL was not taken");
  for (const [key, field] of membersOf(object)) {
    if (descriptive.has(key)) nothingToDo(draft, field, "describes it; the file has comments for that");
    else if (readOnly.has(key)) nothingToDo(draft, field, "kept by the API itself");
    else if (key === "enable") nothingToDo(draft, field, "what the file declares is there");
    else if (field.value === null) nothingToDo(draft, field, "not set there");
  }
}
