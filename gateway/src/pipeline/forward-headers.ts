import { holdsTokenText } from "../access/token-text.ts";
import { headerCount, headerValue, headerValues, type HeaderList } from "../core/header-list.ts";

/** Fields that concern one connection only (RFC 9110 §7.6.1), with those that framing adds anew. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const OF_REQUEST_HERE = new Set([...HOP_BY_HOP, "host", "content-length", "expect"]);
/** Old names of cache headers, which the gateway consumes like their successors (reference §2.1). */
const OLD_GATEWAY_FIELDS = new Set(["cf-cache-ttl", "cf-skip-cache"]);

/** The URL of a proxied binding's call, and how bindings name what they run (reference §1.10). */
const BINDING_URL_FIELD = "x-forwarded";
const BINDING_PREFIX = "cf-consn-";

/** True for fields that steer the gateway and stay here. */
function isGatewayField(name: string): boolean {
  if (!name.startsWith("cf-")) return name === BINDING_URL_FIELD;
  return name.startsWith("cf-aig-") || OLD_GATEWAY_FIELDS.has(name) || name.startsWith(BINDING_PREFIX);
}

/** Whether a field or a parameter of that name holds a token of ours in its value. */
export type OwnTokenTest = (name: string, value: string) => boolean;

const isOwnByForm: OwnTokenTest = (_, value) => holdsTokenText(value);

/** Cookies of the dashboard's sessions and of sign-ins under way (management/session/). */
const SESSION_COOKIE = /^(?:__Host-)?headgate(?:-flow)?=/;

/**
 * The client's fields that go on to a provider: not those of the connection, of framing, of the gateway, nor `host` and `expect`, and
 * none that holds a token of ours, whatever its name: a token that was put where the provider's key belongs stays here. So does the
 * session of a person, which browsers send with everything that goes to this host.
 * @param isOwn by default it knows tokens by their form alone.
 */
export function requestFieldsToForward(headers: HeaderList, isOwn: OwnTokenTest = isOwnByForm): string[] {
  const named = connectionOptions(headers);
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (endsHere(name, named)) continue;
    const value = headers[index + 1] as string;
    if (name === "sec-websocket-protocol") keepProtocols(kept, value, isOwn);
    else if (name === "cookie") keepCookies(kept, value, isOwn);
    else if (!isOwn(name, value)) kept.push(name, value);
  }
  return kept;
}

/** The client's fields that go on to the control process, to which tokens are addressed. */
export function requestFieldsToControl(headers: HeaderList): string[] {
  const named = connectionOptions(headers);
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (!endsHere(name, named)) kept.push(name, headers[index + 1] as string);
  }
  return kept;
}

/** Whether a field of a request is about this connection or for the gateway alone. */
function endsHere(name: string, named: ReadonlySet<string> | null): boolean {
  return OF_REQUEST_HERE.has(name) || isGatewayField(name) || named?.has(name) === true;
}

/** A query, with its question mark or empty, as it goes on to a provider: without parameters that hold a token of ours. */
export function queryToForward(query: string, isOwn: OwnTokenTest = isOwnByForm): string {
  if (query.length < 2) return query;
  const given = query.slice(1).split("&");
  const kept = given.filter((parameter) => {
    const equals = parameter.indexOf("=");
    return equals < 0 ? !isOwn("", parameter) : !isOwn(parameter.slice(0, equals), parameter.slice(equals + 1));
  });
  if (kept.length === given.length) return query;
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** The protocols a WebSocket client offers that hold no token of ours, such as one behind the prefix of a provider's key. */
export function protocolsToForward(protocols: readonly string[], isOwn: OwnTokenTest = isOwnByForm): string[] {
  return protocols.filter((protocol) => {
    if (/^cf-aig-/i.test(protocol)) return false;
    return !isOwn("sec-websocket-protocol", protocol.slice(protocol.indexOf(".") + 1));
  });
}

/** Of the protocols a WebSocket client offers, those that are not addressed to the gateway (reference §1.9). */
function keepProtocols(kept: string[], value: string, isOwn: OwnTokenTest): void {
  const offered = value.split(",").map((protocol) => protocol.trim());
  const passed = protocolsToForward(offered, isOwn);
  if (passed.length === offered.length) kept.push("sec-websocket-protocol", value);
  else if (passed.length > 0) kept.push("sec-websocket-protocol", passed.join(", "));
}

function keepCookies(kept: string[], value: string, isOwn: OwnTokenTest): void {
  const given = value.split(";").map((cookie) => cookie.trim());
  const passed = given.filter((cookie) => !SESSION_COOKIE.test(cookie) && !isOwn("cookie", cookie));
  if (passed.length === given.length) kept.push("cookie", value);
  else if (passed.length > 0) kept.push("cookie", passed.join("; "));
}

/**
 * The provider's fields that go on to the client. A provider cannot speak in the gateway's name: its `cf-aig-*` fields are dropped, and what
 * would give a browser another session at this host, or take away what it keeps of it.
 */
export function responseFieldsToForward(headers: HeaderList): string[] {
  const named = connectionOptions(headers);
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (isOfGateway(name, named) || name === "clear-site-data") continue;
    const value = headers[index + 1] as string;
    if (name !== "set-cookie" || !SESSION_COOKIE.test(value)) kept.push(name, value);
  }
  return kept;
}

/** The control process's fields that go on to the client: all but those of the connection and those that the data plane alone gives. */
export function responseFieldsOfControl(headers: HeaderList): string[] {
  const named = connectionOptions(headers);
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (!isOfGateway(name, named)) kept.push(name, headers[index + 1] as string);
  }
  return kept;
}

/** Whether a field of an answer is about the connection it came on, or in the gateway's own name. */
function isOfGateway(name: string, named: ReadonlySet<string> | null): boolean {
  return HOP_BY_HOP.has(name) || name.startsWith("cf-aig-") || named?.has(name) === true;
}

/** Names that `connection` declares to be of this hop; null in the usual case of none beside keep-alive and close. */
function connectionOptions(headers: HeaderList): Set<string> | null {
  const first = headerValue(headers, "connection");
  if (first === undefined) return null;
  if (headerCount(headers, "connection") === 1 && /^(?:keep-alive|close)$/i.test(first)) return null;
  const values = headerValues(headers, "connection");
  const names = values.flatMap((value) =>
    value
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
  // A client must not be able to have credentials or framing removed by naming them here.
  return new Set(names.filter((name) => name !== "" && name !== "content-length" && name !== "authorization"));
}
