import { catalogue } from "../../../providers/catalogue.ts";
import {
  type ForeignProvider,
  foreignProvider,
  ownResource,
  vendorOfBareModel,
} from "../../../providers/foreign-provider.ts";
import { customSlug } from "../custom-slug.ts";
import { byHand, type ImportDraft, nameFrom, notMapped, nothingToDo, put } from "../import-draft.ts";
import { memberOf, type SourceValue, textOf } from "../import-source.ts";

/** One entry of `model_list`. */
export interface Deployment {
  /** Name clients of the other gateway ask for. */
  readonly group: string;
  /** Slug of the provider here. */
  readonly provider: string;
  /** Model as its provider names it. */
  readonly model: string;
  readonly params: SourceValue;
  readonly entry: SourceValue;
}

/** A field of `litellm_params`, or of the entry of `credential_list` that it names. */
export function parameterOf(root: SourceValue, params: SourceValue, name: string): SourceValue | null {
  const own = memberOf(params, name);
  if (own !== null && own.value !== null) return own;
  const credential = textOf(memberOf(params, "litellm_credential_name"));
  const list = memberOf(root, "credential_list");
  if (credential === null || list === null || !Array.isArray(list.value)) return null;
  const index = (list.value as readonly unknown[]).findIndex(
    (entry) => textOf(memberOf({ path: [], value: entry }, "credential_name")) === credential,
  );
  const values = memberOf(
    { path: [...list.path, String(index)], value: list.value[index] as unknown },
    "credential_values",
  );
  return values === null ? null : memberOf(values, name);
}

/**
 * Finds or makes the provider of an entry: a built-in one, or a custom one for an address of its own. Null when there is neither; that is
 * told then.
 */
export function readDeployment(draft: ImportDraft, root: SourceValue, entry: SourceValue): Deployment | null {
  const params = memberOf(entry, "litellm_params");
  const name = params === null ? null : memberOf(params, "model");
  const text = textOf(name);
  if (params === null || name === null || text === null) {
    notMapped(draft, entry, "an entry without litellm_params.model");
    return null;
  }
  const { vendor, model } = splitModel(text, textOf(memberOf(params, "custom_llm_provider")));
  const group = textOf(memberOf(entry, "model_name")) ?? text;
  const foreign = foreignProvider(vendor);
  const base = parameterOf(root, params, "api_base") ?? parameterOf(root, params, "base_url");
  const provider = providerOf(draft, { vendor, foreign, base, name });
  return provider === null ? null : { group, provider, model, params, entry };
}

interface ProviderQuestion {
  readonly vendor: string;
  readonly foreign: ForeignProvider | null;
  readonly base: SourceValue | null;
  /** The field that names model and vendor. */
  readonly name: SourceValue;
}

function providerOf(draft: ImportDraft, { vendor, foreign, base, name }: ProviderQuestion): string | null {
  if (base !== null) return providerAt(draft, { vendor, foreign, base, name });
  if (foreign?.slug !== undefined) {
    nothingToDo(draft, name, `built in as ${foreign.slug}`);
    return foreign.slug;
  }
  if (foreign?.baseUrl !== undefined) {
    const target = ["providers", `custom-${nameFrom(vendor).toLowerCase().replaceAll("_", "-")}`];
    return put(draft, name, { target, value: providerSettings(foreign.baseUrl, foreign) })
      ? (target[1] as string)
      : null;
  }
  const reason = foreign === null ? "a provider that is not known here" : "a server of your own";
  notMapped(draft, name, `${reason}, without an api_base: add it under \`providers\` by hand`);
  return null;
}

function providerAt(
  draft: ImportDraft,
  { foreign, base, name }: ProviderQuestion & { base: SourceValue },
): string | null {
  const url = textOf(base)?.replace(/\/+$/, "") ?? "";
  if (url.startsWith("os.environ/")) {
    byHand(draft, base, "headgate.yaml reads no addresses from variables: add the provider under `providers`");
    notMapped(draft, name, "its address stands in a variable");
    return null;
  }
  const resource = ownResource(url);
  if (resource !== null) {
    byHand(draft, base, `clients call ${resource.path}/{deployment}/…`);
    nothingToDo(draft, name, `built in as ${resource.slug}`);
    return resource.slug;
  }
  const builtIn = catalogue.find(({ slug }) => slug === foreign?.slug);
  if (
    builtIn !== undefined &&
    (builtIn.baseUrl === url || builtIn.baseUrl === `${url}/v1` || `${builtIn.baseUrl}/v1` === url)
  ) {
    nothingToDo(draft, base, `where ${builtIn.slug} is anyway`);
    nothingToDo(draft, name, `built in as ${builtIn.slug}`);
    return builtIn.slug;
  }
  const slug = customSlug(draft, url);
  const isTaken =
    slug !== null && put(draft, base, { target: ["providers", slug], value: providerSettings(url, foreign) });
  if (isTaken) nothingToDo(draft, name, `goes to ${slug}`);
  else notMapped(draft, name, "its address cannot be used");
  if (slug === null) notMapped(draft, base, "expected an http or https URL");
  return isTaken ? slug : null;
}

function providerSettings(baseUrl: string, foreign: ForeignProvider | null): object {
  return { base_url: baseUrl, ...(foreign?.dialect === undefined ? {} : { dialect: foreign.dialect }) };
}

function splitModel(text: string, vendor: string | null): { readonly vendor: string; readonly model: string } {
  const slash = text.indexOf("/");
  const prefix = slash === -1 ? "" : text.slice(0, slash);
  if (vendor !== null) return { vendor, model: prefix === vendor ? text.slice(slash + 1) : text };
  if (slash !== -1 && foreignProvider(prefix) !== null) return { vendor: prefix, model: text.slice(slash + 1) };
  return { vendor: vendorOfBareModel(text) ?? prefix, model: text };
}
