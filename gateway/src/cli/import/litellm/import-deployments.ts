import { foreignField } from "../../../providers/foreign-field.ts";
import { byHand, type ImportDraft, notMapped, nothingToDo } from "../import-draft.ts";
import { itemsOf, memberOf, membersOf, type SourceValue, textOf } from "../import-source.ts";
import { type Deployment, readDeployment } from "./deployment.ts";
import { importKeys } from "./deployment-keys.ts";
import { importPrices } from "./deployment-prices.ts";
import type { ImportPlace } from "../import-place.ts";

/** Fields of `litellm_params` that other parts of the import tell of. */
const toldElsewhere: ReadonlySet<string> = new Set(["model", "api_base", "base_url", "api_key", "weight"]);

const requestFields: Readonly<Record<string, (value: unknown) => string>> = {
  timeout: (value) => `clients send \`cf-aig-request-timeout: ${milliseconds(value)}\``,
  stream_timeout: (value) => `clients send \`cf-aig-request-timeout: ${milliseconds(value)}\` with streams`,
  request_timeout: (value) => `clients send \`cf-aig-request-timeout: ${milliseconds(value)}\``,
  max_retries: (value) => `clients send \`cf-aig-max-attempts: ${tries(value)}\``,
  num_retries: (value) => `clients send \`cf-aig-max-attempts: ${tries(value)}\``,
};
const limits: ReadonlySet<string> = new Set(["rpm", "tpm", "max_parallel_requests", "max_budget", "budget_duration"]);

/** `model_list`: providers, stored keys and prices; everything else of an entry is told. @returns what could be understood. */
export function importDeployments(draft: ImportDraft, root: SourceValue, place: ImportPlace): readonly Deployment[] {
  const list = memberOf(root, "model_list");
  const deployments: Deployment[] = [];
  for (const entry of list === null ? [] : itemsOf(list)) {
    if (isCatchAll(entry)) {
      nothingToDo(draft, entry, "every model of every provider can be asked for");
      continue;
    }
    const deployment = readDeployment(draft, root, entry);
    if (deployment === null) tellOfRefused(draft, entry);
    else deployments.push(deployment);
  }
  importKeys(draft, { root, deployments, place });
  for (const deployment of deployments) tellOfEntry(draft, deployment);
  tellOfCredentials(draft, root);
  return deployments;
}

/** Why an entry was not taken is told by then; what it held besides goes with it. */
function tellOfRefused(draft: ImportDraft, entry: SourceValue): void {
  const told = new Set(draft.findings.map(({ path }) => path.join("\n")));
  if (told.has(entry.path.join("\n"))) return;
  const parts = membersOf(entry).flatMap(([key, part]) =>
    key === "litellm_params" ? membersOf(part).map(([, field]) => field) : [part],
  );
  for (const part of parts) {
    if (!told.has(part.path.join("\n"))) notMapped(draft, part, "the deployment was not taken: see its model");
  }
}

/** `*` for every model, with nothing of its own. */
function isCatchAll(entry: SourceValue): boolean {
  const params = memberOf(entry, "litellm_params");
  return params !== null && membersOf(params).length === 1 && textOf(memberOf(params, "model")) === "*";
}

function tellOfEntry(draft: ImportDraft, deployment: Deployment): void {
  const { entry, params, group, provider, model } = deployment;
  const name = memberOf(entry, "model_name");
  if (name !== null && group.includes("*")) nothingToDo(draft, name, `every model of ${provider} can be asked for`);
  else if (name !== null)
    byHand(draft, name, `clients of the compat address ask for the model ${JSON.stringify(`${provider}/${model}`)}`);
  const info = memberOf(entry, "model_info");
  importPrices(draft, deployment, info === null ? [params] : [params, info]);
  for (const [key, field] of membersOf(params)) tellOfParameter(draft, key, field);
  for (const [key, field] of info === null ? [] : membersOf(info)) {
    if (key === "access_groups") byHand(draft, field, "bind tokens to models instead");
    else if (!isPrice(key)) nothingToDo(draft, field, "describes the model");
  }
}

function tellOfParameter(draft: ImportDraft, key: string, field: SourceValue): void {
  const known = foreignField(key);
  const asRequest = Object.hasOwn(requestFields, key) ? requestFields[key] : undefined;
  if (toldElsewhere.has(key) || isPrice(key)) return;
  if (field.value === null) nothingToDo(draft, field, "not set there");
  else if (known !== null) byHand(draft, field, known.text);
  else if (asRequest !== undefined && typeof field.value === "number") byHand(draft, field, asRequest(field.value));
  else if (limits.has(key)) notMapped(draft, field, "limits of a single deployment are not part of headgate.yaml");
  else if (key === "extra_headers" || key === "headers") {
    for (const [name, header] of membersOf(field))
      byHand(draft, header, `clients send the header ${JSON.stringify(name)}`);
  } else if (key === "litellm_credential_name") nothingToDo(draft, field, "its entry of credential_list is told there");
  else if (key === "custom_llm_provider") nothingToDo(draft, field, "told with the model");
  else notMapped(draft, field, "requests pass unchanged: what they are to hold, clients send");
}

function isPrice(key: string): boolean {
  return /_cost_per_|_token_cost$/.test(key);
}

/** Secrets and addresses are told where a deployment uses them. */
function tellOfCredentials(draft: ImportDraft, root: SourceValue): void {
  const list = memberOf(root, "credential_list");
  const toldPaths = new Set(draft.findings.map(({ path }) => path.join("\n")));
  for (const credential of list === null ? [] : itemsOf(list)) {
    const values = memberOf(credential, "credential_values");
    for (const [key, field] of values === null ? [] : membersOf(values)) {
      if (toldPaths.has(field.path.join("\n"))) continue;
      const known = foreignField(key);
      if (known === null) notMapped(draft, field, "no deployment that could be imported uses it");
      else byHand(draft, field, known.text);
    }
    for (const key of ["credential_name", "credential_info"]) {
      const field = memberOf(credential, key);
      if (field !== null) nothingToDo(draft, field, "describes the credential");
    }
  }
}

function milliseconds(seconds: unknown): number {
  return Math.round(Number(seconds) * 1000);
}

/** Retries come on top of the first try; five tries are the most. */
export function tries(retries: unknown): number {
  return Math.min(Math.max(Math.floor(Number(retries)), 0) + 1, 5);
}
