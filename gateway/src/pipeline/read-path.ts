import { GatewayError } from "../core/errors.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import { decodeSegment } from "../providers/decode-segment.ts";
import type { GatewayPlace } from "../settings/active-settings.ts";
import { readBindingPath } from "./read-binding-path.ts";
import { readRestPath } from "./read-rest-path.ts";

/**
 * Which of the product's addresses a path was written for:
 * `full` `/v1/{account}/{gateway}/…` (reference §1.1), `short` `/{provider}/…` of the default gateway,
 * `domain` `/{provider}/…` on a host name that belongs to a gateway (§1.11),
 * `binding` what a Worker's AI binding asks of its fetcher (§1.10),
 * `rest` below `/client/v4/accounts/{account}/ai` (§1.8), where `Authorization` carries the gateway's token.
 */
export type PathForm = "full" | "short" | "domain" | "binding" | "rest";

/** What a path asks of its gateway. Slugs and rests are exactly as sent, without leading slash and query. */
export type Asked =
  | { readonly kind: "universal" }
  | { readonly kind: "provider"; readonly slug: string; readonly rest: string }
  | { readonly kind: "compat"; readonly rest: string }
  | { readonly kind: "run"; readonly run: RunAsked };

/** A model that is run by its name on its own input (reference §1.8, §1.10). */
export interface RunAsked {
  /** Name of the model; null where the body names it. */
  readonly model: string | null;
  /** Member of the body that is the input; null where the whole body is. */
  readonly inputMember: "input" | "inputs" | null;
  /** Whether a binding asks, which wants the result without the envelope it comes in. */
  readonly isBinding: boolean;
}

/** What the path of a request says. Nothing of it is looked up yet. */
export interface RequestPath {
  readonly form: PathForm;
  readonly accountId: string;
  readonly gatewayId: string;
  readonly asked: Asked;
  /** Query with its question mark, exactly as sent; empty when there is none. */
  readonly query: string;
}

const UNIVERSAL: Asked = { kind: "universal" };
/** Account and gateway of requests that name none. */
const DEFAULT_ID = "default";

/**
 * Reads what a request's path asks for.
 * @param domain the gateway that the request's host name belongs to; null for any other name.
 * @throws GatewayError routeNotFound (7003) when no address looks like that, invalidRequest (7001) for a wrong `X-Forwarded`.
 */
export function readPath(head: RequestHead, domain: GatewayPlace | null): RequestPath {
  if (domain !== null) return readDomainPath(head, domain);
  if (isFullTarget(head.target)) return readFullPath(head.target);
  const own = readBindingPath(head) ?? readRestPath(head);
  if (own !== null) return own;
  const { path, query } = splitQuery(head.target);
  const [slug, rest] = splitSegment(path.slice(1));
  if (slug === FULL_SEGMENT) throw noSuchRoute(path);
  return { form: "short", accountId: DEFAULT_ID, gatewayId: DEFAULT_ID, asked: askedOf(slug, rest), query };
}

const FULL_SEGMENT = "v1";
const FULL_PREFIX = `/${FULL_SEGMENT}/`;

/** Whether a target has the gateway's own form, which most have, so that no other needs to be looked for. */
export function isFullTarget(target: string): boolean {
  return target.startsWith(FULL_PREFIX);
}

/** Cuts each part out of the target by itself: parts of parts are copied over and over. */
function readFullPath(target: string): RequestPath {
  const queryStart = target.indexOf("?");
  const pathEnd = queryStart < 0 ? target.length : queryStart;
  const endOf = (start: number): number => {
    const slash = target.indexOf("/", start);
    return slash < 0 || slash > pathEnd ? pathEnd : slash;
  };
  const accountEnd = endOf(FULL_PREFIX.length);
  const gatewayEnd = endOf(accountEnd + 1);
  const slugEnd = endOf(gatewayEnd + 1);
  const accountId = decodeSegment(target.slice(FULL_PREFIX.length, accountEnd));
  const gatewayId = decodeSegment(target.slice(accountEnd + 1, gatewayEnd));
  if (accountId === "" || gatewayId === "") throw noSuchRoute(target.slice(0, pathEnd));
  const slug = target.slice(gatewayEnd + 1, slugEnd);
  const asked = slug === "" ? UNIVERSAL : askedOf(slug, target.slice(slugEnd + 1, pathEnd));
  return { form: "full", accountId, gatewayId, asked, query: target.slice(pathEnd) };
}

function readDomainPath(head: RequestHead, { accountId, gatewayId }: GatewayPlace): RequestPath {
  const { path, query } = splitQuery(head.target);
  const [slug, rest] = splitSegment(path.slice(1));
  const asked = slug === "" ? UNIVERSAL : askedOf(slug, rest);
  return { form: "domain", accountId, gatewayId, asked, query };
}

/** The error for a path that leads nowhere: 7003. */
export function noSuchRoute(path: string): GatewayError {
  return new GatewayError("routeNotFound", {
    message: `Could not route to ${path}: expected /v1/{account}/{gateway}/{provider}/{path} or /{provider}/{path}`,
  });
}

function askedOf(slug: string, rest: string): Asked {
  return slug === "compat" ? { kind: "compat", rest } : { kind: "provider", slug, rest };
}

function splitQuery(target: string): { path: string; query: string } {
  const queryStart = target.indexOf("?");
  return queryStart < 0
    ? { path: target, query: "" }
    : { path: target.slice(0, queryStart), query: target.slice(queryStart) };
}

function splitSegment(path: string): [segment: string, rest: string] {
  const slash = path.indexOf("/");
  return slash < 0 ? [path, ""] : [path.slice(0, slash), path.slice(slash + 1)];
}
