import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { jsonSpan, jsonText } from "../core/json-span.ts";
import { isFieldValue, isToken, withoutBlanks } from "../http1/parse-fields.ts";
import { routeUpstream } from "../providers/route-upstream.ts";
import type { Exchange } from "./exchange.ts";
import { queryToForward, requestFieldsToForward } from "./forward-headers.ts";
import { ownTokens } from "./own-tokens.ts";
import { planCompatCall } from "./plan-compat-call.ts";
import type { Controls } from "./read-controls.ts";
import { readCacheControls } from "./read-cache-controls.ts";
import { readCredentialControls } from "./read-credential-controls.ts";
import { readLogControls } from "./read-log-controls.ts";
import { readStepConfig, readTryControls, requestTimeoutMs, retryPolicy } from "./read-try-controls.ts";
import { readWholeBody } from "./read-whole-body.ts";
import { COMPAT, type Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

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
 * @throws GatewayError invalidRequest (7001) with the path of the fault, invalidProvider (2008), compatRefused (2019)
 *   for steps of the compat address, bodyTooLarge (3006).
 */
export async function planUniversalSteps(exchange: Exchange, resolved: Resolved, controls: Controls): Promise<Step[]> {
  if (exchange.request.body.framing.kind === "none")
    throw fault("", "the body is empty, expected a JSON array of steps");
  const body = await readWholeBody(exchange);
  const parsed = parseJson(body);
  const steps = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  if (steps.length === 0) throw fault("[]", "the array of steps is empty, expected at least one step");
  if (steps.length > MAX_STEPS) throw fault(`[${MAX_STEPS}]`, `at most ${MAX_STEPS} steps are accepted`);
  const request = { exchange, resolved, controls, body };
  return steps.map((step, index) => planStep(request, step, { index, isInArray: Array.isArray(parsed) }));
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
  const headers = stepHeaders(step, path);
  const slug = requiredText(step["provider"], `${path}.provider`);
  const endpoint = splitEndpoint(requiredText(step["endpoint"], `${path}.endpoint`), request.exchange);
  const span = jsonSpan(request.body, place.isInArray ? [place.index, "query"] : ["query"], "last");
  if (step["query"] === undefined || span === null)
    throw fault(`${path}.query`, `${path}.query is missing: the request body for the provider`);
  const body = request.body.subarray(span.start, span.end);
  const asked = { slug, ...endpoint, headers: upstreamHeaders(headers, request), body, path };
  const levels = [
    readTryControls(headers, `${path}.headers.`),
    readStepConfig(step["config"], `${path}.config`),
    request.controls.tries,
  ];
  return {
    ...(slug === COMPAT ? planCompatTarget(request, asked) : planProviderTarget(request, asked)),
    index: place.index,
    method: "POST",
    path: endpoint.rest,
    contentType: "application/json",
    retry: retryPolicy(levels, resolved.settings),
    log: readLogControls(headers, {
      outer: request.controls.log,
      settings: resolved.settings,
      place: `${path}.headers.`,
    }),
    credential: readCredentialControls(headers, {
      outer: request.controls.credential,
      settings: resolved.settings,
      place: `${path}.headers.`,
    }),
    cache: readCacheControls(headers, request.controls.cache, `${path}.headers.`),
    requestKeeper: null,
    requestTimeoutMs: requestTimeoutMs(levels),
  };
}

/** What a step is sent to and as what. */
type StepTarget = Pick<Step, "provider" | "upstream" | "reroute" | "body" | "model">;

interface AskedStep {
  readonly slug: string;
  readonly rest: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** Of the step in the array. */
  readonly path: string;
}

function planProviderTarget({ resolved }: UniversalRequest, asked: AskedStep): StepTarget {
  const { slug, rest, query, headers, body, path } = asked;
  const provider = resolved.account.providers.get(slug);
  if (provider === undefined) {
    const cause = `there is no provider "${slug.slice(0, 64)}"`;
    throw new GatewayError("invalidProvider", { path: `${path}.provider`, cause });
  }
  try {
    const upstream = routeUpstream(provider, { rest, query, headers, accountId: resolved.accountId });
    return { provider, upstream, body, model: upstream.model ?? jsonText(body, ["model"], "last") };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const place = `${path}.endpoint`;
    throw new GatewayError("invalidRequest", { path: place, message: `${place}: ${error.message}` });
  }
}

function planCompatTarget({ resolved }: UniversalRequest, asked: AskedStep): StepTarget {
  try {
    return planCompatCall(resolved, { ...asked, method: "POST" });
  } catch (error) {
    throw error instanceof GatewayError ? error.at(`${asked.path}.${compatFaultPlace(error)}`) : error;
  }
}

/** Where in a step the fault of a compat call lies. */
function compatFaultPlace({ details: { path = "" } }: GatewayError): string {
  if (path === "endpoint" || path === "query") return "endpoint";
  if (path === "authorization" || path === "content-encoding") return `headers.${path}`;
  return path === "" ? "query" : `query.${path}`;
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
    const text = Buffer.from(withoutBlanks(written, 0)).toString("latin1");
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
  const forwarded = requestFieldsToForward(headers, ownTokens(request.exchange.gateway));
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

function splitEndpoint(endpoint: string, { gateway }: Exchange): { rest: string; query: string } {
  const queryStart = endpoint.indexOf("?");
  return queryStart < 0
    ? { rest: endpoint, query: "" }
    : { rest: endpoint.slice(0, queryStart), query: queryToForward(endpoint.slice(queryStart), ownTokens(gateway)) };
}

function fault(path: string, message: string): GatewayError {
  return new GatewayError("invalidRequest", { path, message });
}
