import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList, withoutHeaders } from "../core/header-list.ts";
import { jsonSpan, spliceJson } from "../core/json-span.ts";
import { compatEndpointOf, compatEndpoints, compatPath } from "../providers/compat-endpoints.ts";
import { type CompatModel, findBareModelOwner, findCompatProvider } from "../providers/find-compat-provider.ts";
import type { CompatEndpoint } from "../providers/provider.ts";
import type { CompiledProvider } from "../providers/registry.ts";
import { routeCompat } from "../providers/route-compat.ts";
import type { UpstreamTarget } from "../providers/route-upstream.ts";
import type { Resolved } from "./resolve.ts";

/** A request of the compat address, or a step of the universal one that is for it. */
export interface CompatAsked {
  /** Path below the address without query, as sent; `v1/` in front is tolerated. */
  readonly rest: string;
  /** `""`, or the query with its question mark. */
  readonly query: string;
  readonly method: string;
  /** Fields that may go on to a provider (`requestFieldsToForward`), the credential as its client sent it. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** What is sent where: the client's body but for the model's name. */
export interface CompatPlan {
  readonly provider: CompiledProvider;
  readonly upstream: UpstreamTarget;
  readonly body: Buffer;
  /** The provider's own name of the model. */
  readonly model: string;
  /** The target once more for other fields and another region: a stored key may name project or region. */
  readonly reroute: (headers: HeaderList, region: string | null) => UpstreamTarget;
}

/**
 * Plans one call of the compat address (reference §1.7): the model's prefix names the provider and is cut out of the body, every other
 * byte of which stays. Of a repeated `model` the last counts, as for `JSON.parse`. On the REST address models of the provider that
 * belongs to it need no prefix.
 * @throws GatewayError compatRefused (2019) for other paths, bodies of another form, names without a prefix and providers that have
 *   no such endpoint, invalidProvider (2008), invalidRequest (7001) for names and queries no target can be made of. Paths in errors are
 *   members of the body, names of fields, `endpoint`, or empty for the whole body.
 */
export function planCompatCall(
  resolved: Pick<Resolved, "account" | "accountId" | "form">,
  asked: CompatAsked,
): CompatPlan {
  const isRest = resolved.form === "rest";
  const endpoint = requireEndpoint(asked, isRest);
  const name = readModel(asked, endpoint);
  const found = isRest ? findRestModel(resolved, name) : findCompatProvider(resolved.account.providers, name, false);
  const call = { ...found, endpoint, query: asked.query, accountId: resolved.accountId };
  const upstream = routeCompat(call, isRest ? restHeaders(resolved, { name, headers: asked.headers }) : asked.headers);
  const span = jsonSpan(asked.body, ["model"], "last");
  if (span === null) throw badFormat("model", "the model was not found in the body");
  return {
    provider: found.compiled,
    upstream,
    body: spliceJson(asked.body, span, JSON.stringify(upstream.model)),
    model: upstream.model,
    reroute: (headers, region) => routeCompat({ ...call, region }, headers),
  };
}

/** The REST address has one error for every name it does not know (reference §15). */
function findRestModel({ account }: Pick<Resolved, "account">, name: string): CompatModel {
  try {
    return findCompatProvider(account.providers, name, true);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { explanation } = error.details;
    throw new GatewayError("routeNotFound", {
      path: "model",
      cause: "model_not_found",
      message: `Model not found: ${name.slice(0, 128)}`,
      ...(explanation === undefined ? {} : { explanation }),
    });
  }
}

/**
 * The fields that go on from the REST address. There `authorization` carries the token of whom the address belongs to, which is the
 * key of the provider whose models need no prefix, and must reach no other.
 */
function restHeaders(
  { account }: Pick<Resolved, "account">,
  { name, headers }: { readonly name: string; readonly headers: HeaderList },
): HeaderList {
  if (findBareModelOwner(account.providers, name) !== null) return headers;
  return withoutHeaders(headers, (field) => field === "authorization");
}

function requireEndpoint({ rest, method }: CompatAsked, isRest: boolean): CompatEndpoint {
  const path = compatPath(rest);
  const named = compatEndpointOf(path);
  const endpoint = named !== null && (isRest || !compatEndpoints[named].isRestOnly) ? named : null;
  if (endpoint !== null && method === "POST") return endpoint;
  const shown = path === "" ? "the bare address" : path.slice(0, 64);
  throw new GatewayError("compatRefused", {
    path: "endpoint",
    message: `Compatibility endpoint: ${endpoint === null ? shown : `${method} ${endpoint}`} is not supported`,
    explanation: `${endpointsShown(isRest)} and GET models are`,
  });
}

function endpointsShown(isRest: boolean): string {
  const shown = Object.entries(compatEndpoints).filter(([, { isRestOnly }]) => isRest || !isRestOnly);
  return shown.map(([path]) => `POST ${path}`).join(", ");
}

/** The model's name in a body of the endpoint's form. */
function readModel({ body, headers }: CompatAsked, endpoint: CompatEndpoint): string {
  const coding = headerValue(headers, "content-encoding") ?? "identity";
  if (coding !== "identity") {
    throw badFormat(
      "content-encoding",
      `the body has the content coding ${coding.slice(0, 64)}, expected none: its model is rewritten`,
    );
  }
  const parsed = parseObject(body);
  const { model } = parsed;
  const { required } = compatEndpoints[endpoint];
  if (typeof model !== "string" || model === "") {
    throw badFormat("model", `model is ${kindOf(model)}, expected a text {provider}/{model}`);
  }
  if (required === null || required.fits(parsed[required.name])) return model;
  throw badFormat(required.name, `${required.name} is ${kindOf(parsed[required.name])}, expected ${required.expected}`);
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    const reason = body.length === 0 ? "empty" : `not JSON (${(error as Error).message.slice(0, 128)})`;
    throw badFormat("", `the body is ${reason}, expected a JSON object with model`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw badFormat("", `the body is ${kindOf(value)}, expected a JSON object with model`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || value === "") return value === null ? "null" : "empty";
  return Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}

function badFormat(path: string, explanation: string): GatewayError {
  return new GatewayError("compatRefused", { path, cause: "bad_format", explanation });
}
