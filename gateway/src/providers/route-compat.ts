import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList, withHeader, withoutHeaders } from "../core/header-list.ts";
import { isVersion } from "./base-url.ts";
import { checkPath, checkQuery } from "./check-path.ts";
import { compatEndpoints } from "./compat-endpoints.ts";
import type { CompatModel } from "./find-compat-provider.ts";
import type { CompatEndpoint, CompatRule, RoutedPath } from "./provider.ts";
import type { CompiledProvider } from "./registry.ts";
import { targetOf, type UpstreamTarget } from "./route-upstream.ts";

/** A compat request whose provider is known. */
export interface CompatCall extends CompatModel {
  readonly endpoint: CompatEndpoint;
  /** `""`, or the query with its question mark. */
  readonly query: string;
  readonly accountId: string;
  /** Region of a stored key; absent and null for none. */
  readonly region?: string | null;
}

/** The target of a compat request; its model is the name to send in the body. */
export type CompatTarget = UpstreamTarget & { readonly model: string };

/**
 * Where a compat request goes: to the provider's own endpoint of the same form (reference §1.7). Providers without one will be
 * asked in their own protocol once requests are translated; until then they are refused here.
 * @param headers the client's fields without hop-by-hop and gateway ones, credential included: a credential may name region and project.
 * @throws GatewayError compatRefused (2019) where the provider has no such endpoint or a name or credential lacks what its path needs,
 *   invalidRequest (7001) for names that fit no host or path.
 */
export function routeCompat(call: CompatCall, headers: HeaderList): CompatTarget {
  const { compiled, endpoint, model } = call;
  const rule = compiled.provider.compat;
  if (rule === undefined || !rule.endpoints.includes(endpoint)) throw needsTranslation(call, "has no such endpoint");
  checkQuery(call.query, "query");
  const keyFields = endpoint === "messages" ? [] : (rule.keyFields ?? []);
  const sent = withDefault(asBearer(headers, keyFields), rule.defaultField?.[endpoint]);
  const routed: RoutedPath | null =
    rule.route === undefined
      ? { path: pathBelow(compiled, rule, endpoint) }
      : rule.route({ endpoint, model, headers: sent, region: call.region ?? null });
  if (routed === null) throw needsTranslation(call, `serves ${model.slice(0, 64)} only in its own protocol`);
  checkPath(routed.path, "model");
  const target = targetOf(compiled, routed, { query: call.query, headers: sent, accountId: call.accountId });
  if (target.dialect !== compatEndpoints[endpoint].dialect) throw needsTranslation(call, `speaks ${target.dialect}`);
  return { ...target, model: routed.model ?? rule.ownName?.(model) ?? model };
}

function needsTranslation({ compiled, endpoint }: CompatCall, why: string): GatewayError {
  const { slug } = compiled;
  return new GatewayError("compatRefused", {
    path: "model",
    cause: "translation_not_supported",
    message: `Compatibility endpoint: ${endpoint} is not supported by ${slug}`,
    explanation: `${slug} ${why}, and this version does not translate requests; use the provider's own endpoints below /${slug}/`,
  });
}

function pathBelow(compiled: CompiledProvider, { below }: CompatRule, endpoint: CompatEndpoint): string {
  if (below === "" || (isVersion(below) && compiled.base.hasVersion)) return endpoint;
  return `${below}/${endpoint}`;
}

function withDefault(headers: HeaderList, field: readonly [name: string, value: string] | undefined): HeaderList {
  return field === undefined || headerValue(headers, field[0]) !== undefined ? headers : [...headers, ...field];
}

/** The fields with a key that came in a field of the vendor's own sent as a bearer; it goes before another one. */
function asBearer(headers: HeaderList, keyFields: readonly string[]): HeaderList {
  const field = keyFields.find((name) => headerValue(headers, name) !== undefined);
  if (field === undefined) return headers;
  const rest = withoutHeaders(headers, (name) => keyFields.includes(name));
  return withHeader(rest, "authorization", `Bearer ${headerValue(headers, field)}`);
}
