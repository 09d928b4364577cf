import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { jsonSpan, jsonText } from "../core/json-span.ts";
import { collectBody } from "../http1/collect-body.ts";
import { isFieldValue, isToken } from "../http1/parse-fields.ts";
import { routeUpstream, type UpstreamTarget } from "../providers/route-upstream.ts";
import type { CompiledProvider } from "../providers/registry.ts";
import type { Exchange } from "./exchange.ts";
import { queryToForward, requestFieldsToForward } from "./forward-headers.ts";
import type { Controls } from "./read-controls.ts";
import { readLogControls } from "./read-log-controls.ts";
import { readStepConfig, readTryControls, requestTimeoutMs, retryPolicy } from "./read-try-controls.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

/** Largest body: it is parsed as a whole, and everybody else waits meanwhile. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Steps one request may have; each is a provider that may be called and paid. */
const MAX_STEPS = 32;

/** What all steps of a request have in common. */
interface UniversalRequest {
  readonly exchange: Exchange;
  readonly resolved: Resolved;
  readonly controls: Controls;
  readonly body: Buffer;
}

/**
 * Reads the universal endpoint's body (reference §1.6): an array of steps or a single step. Each `query` becomes a
 * request body byte for byte as it was written.
 * @throws GatewayError invalidRequest (7001) with the path of the fault, invalidProvider (2008).
 */
export async function planUniversalSteps(exchange: Exchange, resolved: Resolved, controls: Controls): Promise<Step[]> {
  const body = await readBody(exchange);
  const parsed = parseJson(body);
  const steps = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  if (steps.length === 0) throw fault("[]", "the array of steps is empty, expected at least one step");
  if (steps.length > MAX_STEPS) throw fault(`[${MAX_STEPS}]`, `at most ${MAX_STEPS} steps are accepted`);
  const request = { exchange, resolved, controls, body };
  return steps.map((step, index) => planStep(request, step, { index, isInArray: Array.isArray(parsed) }));
}

async function readBody(exchange: Exchange): Promise<Buffer> {
  if (exchange.request.body.framing.kind === "none")
    throw fault("", "the body is empty, expected a JSON array of steps");
  const body = await collectBody(exchange.request.body, MAX_BYTES);
  if (body !== null && body.length <= MAX_BYTES) return body;
  throw new GatewayError("bodyTooLarge", { message: `A universal body may have ${MAX_BYTES} bytes` });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw fault("", `the body is not JSON: ${(error as Error).message}`);
  }
}

function planStep(request: UniversalRequest, given: unknown, place: { index: number; isInArray: boolean }): Step {
  const path = `[${place.index}]`;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw fault(path, `${path} must be an object with provider, endpoint and query`);
  }
  const step = given as Record<string, unknown>;
  const { resolved } = request;
  const provider = findStepProvider(resolved, step["provider"], `${path}.provider`);
  const headers = stepHeaders(step, path);
  const upstream = routeStep(provider, requiredText(step["endpoint"], `${path}.endpoint`), {
    path: `${path}.endpoint`,
    accountId: resolved.accountId,
    headers: upstreamHeaders(headers, request),
  });
  const bodyPath = place.isInArray ? [place.index, "query"] : ["query"];
  const span = jsonSpan(request.body, bodyPath);
  if (step["query"] === undefined || span === null)
    throw fault(`${path}.query`, `${path}.query is missing: the request body for the provider`);
  const levels = [
    readTryControls(headers, `${path}.headers.`),
    readStepConfig(step["config"], `${path}.config`),
    request.controls.tries,
  ];
  return {
    index: place.index,
    provider,
    upstream,
    method: "POST",
    path: endpointPath(step["endpoint"] as string),
    body: request.body.subarray(span.start, span.end),
    contentType: "application/json",
    model: upstream.model ?? jsonText(request.body, [...bodyPath, "model"]),
    retry: retryPolicy(levels, resolved.settings),
    log: readLogControls(headers, {
      outer: request.controls.log,
      settings: resolved.settings,
      place: `${path}.headers.`,
    }),
    requestKeeper: null,
    requestTimeoutMs: requestTimeoutMs(levels),
  };
}

function findStepProvider(resolved: Resolved, slug: unknown, path: string): CompiledProvider {
  const provider = resolved.account.providers.get(requiredText(slug, path));
  if (provider !== undefined) return provider;
  if (slug === "compat") throw new GatewayError("compatUnsupported", { path });
  throw new GatewayError("invalidProvider", { path, cause: `there is no provider "${String(slug).slice(0, 64)}"` });
}

function routeStep(
  provider: CompiledProvider,
  endpoint: string,
  where: { path: string; accountId: string; headers: HeaderList },
): UpstreamTarget {
  const queryStart = endpoint.indexOf("?");
  const rest = queryStart < 0 ? endpoint : endpoint.slice(0, queryStart);
  try {
    return routeUpstream(provider, {
      rest,
      query: queryStart < 0 ? "" : queryToForward(endpoint.slice(queryStart)),
      headers: where.headers,
      accountId: where.accountId,
    });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError("invalidRequest", { path: where.path, message: `${where.path}: ${error.message}` });
  }
}

/** The step's own fields, `cf-aig-*` ones included; the old `authorization` member counts as a field. */
function stepHeaders(step: Record<string, unknown>, path: string): string[] {
  const given = step["headers"] ?? {};
  if (typeof given !== "object" || Array.isArray(given))
    throw fault(`${path}.headers`, `${path}.headers must be an object`);
  const headers: string[] = [];
  for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
    if (value === null || value === undefined) continue;
    // Blanks go before the bytes are made characters: one of a letter's bytes may look like white space then.
    const written = typeof value === "object" ? JSON.stringify(value) : String(value);
    const text = Buffer.from(written.replace(/^[\t ]+|[\t ]+$/g, "")).toString("latin1");
    if (!isToken(name) || !isFieldValue(text)) {
      throw fault(
        `${path}.headers.${name}`,
        `${path}.headers["${name}"] is not a header: names are tokens, values hold no line breaks`,
      );
    }
    headers.push(name.toLowerCase(), text);
  }
  const credential = step["authorization"];
  if (credential !== undefined && credential !== null && headerValue(headers, "authorization") === undefined) {
    const text = requiredText(credential, `${path}.authorization`);
    if (!isFieldValue(text)) throw fault(`${path}.authorization`, `${path}.authorization holds a line break`);
    headers.push("authorization", text);
  }
  return headers;
}

/** A step's fields as its provider gets them. What the client says of itself on the request holds for every step. */
function upstreamHeaders(headers: HeaderList, request: UniversalRequest): string[] {
  const forwarded = requestFieldsToForward(headers);
  if (headerValue(forwarded, "content-type") === undefined) forwarded.push("content-type", "application/json");
  for (const name of ["user-agent", "accept-encoding"]) {
    const value = headerValue(request.exchange.request.head.headers, name);
    if (value !== undefined && headerValue(forwarded, name) === undefined) forwarded.push(name, value);
  }
  return forwarded;
}

function requiredText(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw fault(path, `${path} is ${value === undefined ? "missing" : "not a text"}, expected a non-empty string`);
}

function endpointPath(endpoint: string): string {
  const queryStart = endpoint.indexOf("?");
  return queryStart < 0 ? endpoint : endpoint.slice(0, queryStart);
}

function fault(path: string, message: string): GatewayError {
  return new GatewayError("invalidRequest", { path, message });
}
