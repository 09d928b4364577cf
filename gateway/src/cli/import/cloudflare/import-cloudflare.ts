import { type ImportDraft, notMapped, nothingToDo } from "../import-draft.ts";
import {
  type ImportSource,
  isMapping,
  itemsOf,
  memberOf,
  membersOf,
  type SourceValue,
  textOf,
} from "../import-source.ts";
import { importCustomProvider } from "./custom-provider.ts";
import { importGateway } from "./gateway.ts";
import { importProviderConfig } from "./provider-config.ts";
import { terraformResources } from "./terraform-resources.ts";

/** What an object of an export is. */
type Kind =
  | "gateway"
  | "custom provider"
  | "provider config"
  | "route"
  | "custom domain"
  | "other resource"
  | "unknown";

const kindOfCollection: Readonly<Record<string, Kind>> = {
  gateways: "gateway",
  gateway: "gateway",
  custom_providers: "custom provider",
  provider_configs: "provider config",
  routes: "route",
  dynamic_routes: "route",
  dynamic_routing: "route",
  custom_domains: "custom domain",
};
const kindOfResource: Readonly<Record<string, Kind>> = {
  cloudflare_ai_gateway: "gateway",
  cloudflare_ai_gateway_dynamic_routing: "route",
  cloudflare_ai_gateway_custom_provider: "custom provider",
  cloudflare_ai_gateway_provider_config: "provider config",
};

/** Parts of an answer of the API that say nothing of the configuration. */
const besideTheConfiguration = "part of the answer, not of the configuration";
const ofEnvelope: ReadonlySet<string> = new Set(["success", "errors", "messages", "result_info"]);

/**
 * Cloudflare AI Gateway as its API tells it (reference §14): a gateway, an answer with one or a list, or an object with several of them by
 * endpoint; as terraform JSON, a plan or a state. Accounts keep their id, so that clients change nothing but the host.
 */
export function importCloudflare(draft: ImportDraft, { root }: ImportSource): void {
  const resources = terraformResources(draft, root);
  const objects =
    resources === null
      ? objectsIn(draft, root, null)
      : resources.map(({ type, object }) => ({ kind: resourceKind(type), object }));
  const accountId = accountOf(objects.map(({ object }) => object));
  // Keys are told with the gateways they belong to, which must be there by then.
  const inOrder = objects.toSorted((left, right) => rank(left.kind) - rank(right.kind));
  for (const { kind, object } of inOrder) importObject(draft, { kind, object, accountId });
}

interface ExportedObject {
  readonly kind: Kind;
  readonly object: SourceValue;
}

function importObject(draft: ImportDraft, { kind, object, accountId }: ExportedObject & { accountId: string }): void {
  if (kind === "gateway") importGateway(draft, object, accountId);
  else if (kind === "custom provider") importCustomProvider(draft, object);
  else if (kind === "provider config") importProviderConfig(draft, object, accountId);
  else if (kind === "route") notMapped(draft, object, "dynamic routes are not part of headgate.yaml in this version");
  else if (kind === "custom domain")
    notMapped(draft, object, "set through the API, once the name leads to this gateway");
  else if (kind === "other resource") nothingToDo(draft, object, "no resource of the gateway");
}

function rank(kind: Kind): number {
  return kind === "gateway" ? 0 : kind === "custom provider" ? 1 : 2;
}

/** Every object in an answer, a list, or a mapping from endpoints to either. @param kind what the place says they are. */
function objectsIn(draft: ImportDraft, place: SourceValue, kind: Kind | null): readonly ExportedObject[] {
  if (Array.isArray(place.value)) return itemsOf(place).flatMap((item) => objectsIn(draft, item, kind));
  if (!isMapping(place.value)) return [];
  const result = memberOf(place, "result");
  if (result !== null) {
    for (const [key, member] of membersOf(place)) {
      if (ofEnvelope.has(key)) nothingToDo(draft, member, besideTheConfiguration);
    }
    return objectsIn(draft, result, kind);
  }
  // Lists of routes stand in `data`, under their own name (reference §14.6).
  const data = memberOf(place, "data");
  if (data !== null && isMapping(data.value) && memberOf(place, "success") !== null) {
    for (const [key, member] of [...membersOf(place), ...membersOf(data)]) {
      if (key !== "data" && collectionKind(key) === null) nothingToDo(draft, member, besideTheConfiguration);
    }
    return membersOf(data).flatMap(([key, member]) => {
      const listed = collectionKind(key);
      return listed === null ? [] : objectsIn(draft, member, listed);
    });
  }
  const collections = membersOf(place).filter(
    ([key, { value }]) => collectionKind(key) !== null && typeof value === "object",
  );
  if (kind === null && collections.length > 0) {
    return collections.flatMap(([key, member]) => objectsIn(draft, member, collectionKind(key)));
  }
  return [{ kind: kind ?? kindByShape(place), object: place }];
}

function resourceKind(type: string): Kind {
  if (Object.hasOwn(kindOfResource, type)) return kindOfResource[type] as Kind;
  return type.startsWith("cloudflare_ai_gateway") ? "unknown" : "other resource";
}

function collectionKind(key: string): Kind | null {
  const name = key.replaceAll("-", "_").replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.hasOwn(kindOfCollection, name) ? (kindOfCollection[name] as Kind) : null;
}

function kindByShape(object: SourceValue): Kind {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => memberOf(object, key) !== null);
  if (has("elements")) return "route";
  if (has("base_url", "slug")) return "custom provider";
  if (has("provider_slug")) return "provider config";
  if (has("hostname", "gateway_id")) return "custom domain";
  return has("id") && ["cache_ttl", "collect_logs", "rate_limiting_limit", "authentication"].some((key) => has(key))
    ? "gateway"
    : "unknown";
}

function accountOf(objects: readonly SourceValue[]): string {
  for (const object of objects) {
    const id = textOf(memberOf(object, "account_tag")) ?? textOf(memberOf(object, "account_id"));
    if (id !== null && /^[0-9a-f]{32}$/i.test(id)) return id;
  }
  return "default";
}
