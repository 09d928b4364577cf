import { byHand, type ImportDraft, nothingToDo, putMapping } from "../import-draft.ts";
import type { ImportPlace } from "../import-place.ts";
import { type ImportSource, itemsOf, memberOf, membersOf, type SourceValue } from "../import-source.ts";
import { importFallbacks } from "./fallbacks.ts";
import { importDeployments } from "./import-deployments.ts";
import { importSettings } from "./import-settings.ts";

/** LiteLLM's config.yaml (https://docs.litellm.ai/docs/proxy/config_settings). */
export function importLitellm(draft: ImportDraft, { root }: ImportSource, place: ImportPlace): void {
  putMapping(draft, ["accounts", place.account, "gateways", place.gateway]);
  const deployments = importDeployments(draft, root, place);
  importSettings(draft, root, place);
  importFallbacks(draft, root, deployments);
  const included = memberOf(root, "include");
  for (const file of included === null ? [] : itemsOf(included)) byHand(draft, file, "import this file too");
  const variables = memberOf(root, "environment_variables");
  for (const [name, variable] of variables === null ? [] : membersOf(variables)) tellOfVariable(draft, name, variable);
}

function tellOfVariable(draft: ImportDraft, name: string, variable: SourceValue): void {
  if (draft.secrets.some((wanted) => wanted.name === name))
    byHand(draft, variable, `set ${name} to it in the environment`);
  else nothingToDo(draft, variable, "nothing in headgate.yaml reads this variable");
}
