import { importCloudflare } from "./cloudflare/import-cloudflare.ts";
import { finishImport, type ImportResult } from "./finish-import.ts";
import { newDraft } from "./import-draft.ts";
import type { ImportPlace } from "./import-place.ts";
import type { ImportSource } from "./import-source.ts";
import { importLitellm } from "./litellm/import-litellm.ts";
import { importPortkey, unfoldConfigs } from "./portkey/import-portkey.ts";

/** Gateways whose configuration can be imported. */
export type ImportKind = "cloudflare" | "litellm" | "portkey";

/**
 * Turns another gateway's configuration into headgate.yaml, and tells of every value of it what became of it.
 * @param place where LiteLLM's and Portkey's settings go; Cloudflare's name their own.
 * @throws ConfigError when what came out does not load.
 */
export function importFile(kind: ImportKind, source: ImportSource, place: ImportPlace): ImportResult {
  const draft = newDraft();
  const unfolded = kind === "portkey" ? unfoldConfigs(source) : source;
  if (kind === "cloudflare") importCloudflare(draft, unfolded);
  else if (kind === "litellm") importLitellm(draft, unfolded, place);
  else importPortkey(draft, unfolded, place);
  return finishImport(draft, unfolded);
}
