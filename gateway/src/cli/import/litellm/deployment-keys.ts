import { byHand, type ImportDraft, nothingToDo, notMapped } from "../import-draft.ts";
import { memberOf, type SourceValue, textOf } from "../import-source.ts";
import { type FoundKey, putPools } from "../key-pools.ts";
import { wantSecret, wantVariable } from "../wanted-secret.ts";
import { type Deployment, parameterOf } from "./deployment.ts";
import type { ImportPlace } from "../import-place.ts";

const noKey: ReadonlySet<string> = new Set(["", "none", "null", "dummy", "no-key", "not-needed", "empty"]);

interface KeyQuestion {
  readonly root: SourceValue;
  readonly deployments: readonly Deployment[];
  readonly place: ImportPlace;
}

/**
 * Keys of deployments as stored keys. Deployments of one name at one provider become a pool; where names of one provider have different
 * keys, the first pool is the provider's default and the others go by an alias, which clients then send.
 */
export function importKeys(draft: ImportDraft, { root, deployments, place }: KeyQuestion): void {
  /** Variables by the key they are to hold, so that a key that stands in several places is asked for once. */
  const variables = new Map<string, string>();
  const groups = [...Map.groupBy(deployments, ({ provider, group }) => JSON.stringify([provider, group])).values()];
  const pools = groups.map((group) => ({
    provider: group[0]?.provider as string,
    label: group[0]?.group as string,
    keys: group.flatMap((deployment) => keyOf(draft, root, { deployment, variables }) ?? []),
  }));
  const aliases = putPools(draft, pools, ["accounts", place.account, "gateways", place.gateway]);
  for (const [index, alias] of aliases.entries()) {
    const first = groups[index]?.[0] as Deployment;
    const model = memberOf(first.params, "model");
    if (alias === null || alias === "default" || model === null) continue;
    byHand(draft, model, `clients that ask for it send \`cf-aig-byok-alias: ${alias}\``);
  }
}

function keyOf(
  draft: ImportDraft,
  root: SourceValue,
  { deployment, variables }: { deployment: Deployment; variables: Map<string, string> },
): FoundKey | null {
  const { params, provider } = deployment;
  const source = parameterOf(root, params, "api_key");
  const weight = memberOf(params, "weight");
  const text = textOf(source);
  if (source === null || text === null || noKey.has(text.toLowerCase())) {
    if (source !== null) nothingToDo(draft, source, "no key");
    if (weight !== null) notMapped(draft, weight, "weights are those of stored keys, and this deployment has none");
    return null;
  }
  const purpose = `key of ${provider}`;
  if (text.startsWith("os.environ/")) {
    const variable = wantVariable(draft, source, { name: text.slice("os.environ/".length), purpose });
    if (variable !== null) return { source, variable, weight };
    notMapped(draft, source, "expected a variable's name of letters, digits and `_`, not beginning with HEADGATE_");
    if (weight !== null) notMapped(draft, weight, "its key was not taken");
    return null;
  }
  const suggestion = `${provider.replace(/^custom-/, "")}_api_key`;
  const variable = variables.get(text) ?? wantSecret(draft, source, { suggestion, purpose, isNew: true });
  variables.set(text, variable);
  return { source, variable, weight };
}
