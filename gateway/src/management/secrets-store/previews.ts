import type { ObjectWrite } from "../../settings/settings-desk.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import type { GivenSecret } from "./seal-given.ts";

/** Under this many characters the last four would tell too much. */
const LEAST_CHARACTERS = 16;

/** What may be shown of a secret: the last four characters of a long one, where it is kept of a reference. */
export function previewOf({ value, reference }: GivenSecret): string {
  if (reference !== undefined) return reference;
  const text = (value ?? "").trim();
  if (text.startsWith("{")) return "{…}";
  return text.length < LEAST_CHARACTERS ? "…" : `…${text.slice(-4)}`;
}

/** Shows a secret's new preview at every provider key that uses it. */
export function withPreviews(
  model: SettingsModel,
  { accountId, secretId, preview }: { readonly accountId: string; readonly secretId: string; readonly preview: string },
): ObjectWrite[] {
  return model
    .list(accountId, "provider-config")
    .filter(({ value, source }) => source === "store" && value["secretId"] === secretId)
    .map(({ kind, id, value }) => ({ put: { accountId, kind, id, value: { ...value, preview } } }));
}
