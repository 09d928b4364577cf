import { type ImportDraft, nothingToDo } from "../import-draft.ts";
import { type SourceValue, textOf } from "../import-source.ts";
import type { FoundKey } from "../key-pools.ts";
import { wantSecret } from "../wanted-secret.ts";
import { fieldOf } from "./portkey-field.ts";

/** A target's key, in plain text or by the name under which it was stored there; none when requests bring their own. */
export function targetKey(
  draft: ImportDraft,
  { target, provider, weight }: { target: SourceValue; provider: string; weight: SourceValue | null },
): readonly FoundKey[] {
  const virtual = fieldOf(target, "virtual_key");
  const plain = fieldOf(target, "api_key");
  const catalogued = fieldOf(target, "provider");
  const isCatalogued = textOf(catalogued)?.startsWith("@") === true;
  const source = plain ?? virtual ?? (isCatalogued ? catalogued : null);
  const text = textOf(source);
  if (source === null || text === null || text === "") return [];
  if (plain !== null && virtual !== null) nothingToDo(draft, virtual, "the key in plain text comes before it");
  const owner = provider.replace(/^custom-/, "");
  const name = source === plain ? `${owner}_api_key` : `${text.replace(/^@/, "").split("/")[0]}_api_key`;
  const purpose = source === plain ? `key of ${provider}` : `key of ${provider} that was stored as ${text}`;
  const variable = wantSecret(draft, source, { suggestion: name, purpose, isNew: source === plain });
  return [{ source, variable, weight }];
}
