import type { AccessToken } from "../access/access-token.ts";
import { faultTexts, runFault } from "../access/may-run.ts";
import { holdsTokenText } from "../access/token-text.ts";
import { clientAddress } from "../core/client-address.ts";
import { GatewayError } from "../core/errors.ts";
import { headerValue, headerValues, type HeaderList } from "../core/header-list.ts";
import type { Exchange } from "./exchange.ts";
import type { PathForm } from "./read-path.ts";
import { COMPAT, type Resolved } from "./resolve.ts";

/** A request that was let in. */
export interface Admitted extends Resolved {
  /** The API token that let it in; null on a gateway that asks for none. */
  readonly token: AccessToken | null;
}

/** Addresses under which `authorization` is not the provider's, so that a client may put the gateway's token there. */
const PLAIN_FORMS: ReadonlySet<PathForm> = new Set(["binding", "rest"]);
const PROTOCOL_PREFIX = "cf-aig-authorization.";

/**
 * Asks for a token where the gateway wants one (reference §9.1): `cf-aig-authorization` with or without `Bearer`, for browsers the
 * WebSocket protocol `cf-aig-authorization.{token}` (§1.9), and `authorization` where no provider's key is expected there. A gateway
 * without `authentication` looks at none of them.
 * @throws GatewayError unauthorized (2009); its `details` say why for the token's holder.
 */
export function authenticate(exchange: Exchange, resolved: Resolved): Admitted {
  if (!resolved.settings.authentication) return { ...resolved, token: null };
  const { head, remoteAddress } = exchange.request;
  const address = clientAddress({ remoteAddress, headers: head.headers }, exchange.gateway.trustedProxies);
  const text = presentedToken(exchange, resolved);
  if (text === null) throw missing(head.headers);
  const token = exchange.gateway.settings.tokenOf(text);
  if (token === null) throw refused("unknown_token", "there is no such token");
  const { accountId, gatewayId, form } = resolved;
  const use = { accountId, gatewayId, isRest: form === "rest", address, nowMs: exchange.createdAtMs };
  const fault = runFault(token, use);
  if (fault !== null) throw refused(fault, faultTexts[fault]);
  return { ...resolved, token };
}

function presentedToken({ request, isSocket }: Exchange, resolved: Resolved): string | null {
  const { headers } = request.head;
  const given = headerValue(headers, "cf-aig-authorization");
  if (given !== undefined) return withoutScheme(given);
  const protocol = isSocket ? protocolToken(headers) : null;
  if (protocol !== null) return protocol;
  const takesPlain = resolved.providerSlug === COMPAT || PLAIN_FORMS.has(resolved.form);
  const plain = takesPlain ? headerValue(headers, "authorization") : undefined;
  return plain === undefined ? null : withoutScheme(plain);
}

function protocolToken(headers: HeaderList): string | null {
  const offered = headerValues(headers, "sec-websocket-protocol").flatMap((value) => value.split(","));
  const protocol = offered.map((each) => each.trim()).find((each) => each.startsWith(PROTOCOL_PREFIX));
  return protocol === undefined ? null : protocol.slice(PROTOCOL_PREFIX.length);
}

function withoutScheme(value: string): string {
  return value.replace(/^bearer +/i, "");
}

/** A request without a token; the commonest cause (reference §9.1) is told in the message, because SDKs show nothing else. */
function missing(headers: HeaderList): GatewayError {
  const misplaced = headers.findIndex((value, index) => index % 2 === 1 && holdsTokenText(value));
  if (misplaced < 0) return refused("no_token", "expected cf-aig-authorization: Bearer {token}");
  const name = headers[misplaced - 1] as string;
  return new GatewayError("unauthorized", {
    message: `Unauthorized: ${name} carries the gateway's token; send it as cf-aig-authorization: Bearer {token}, and in ${name} the provider's key or nothing`,
    cause: "misplaced_token",
    path: name,
  });
}

function refused(cause: string, explanation: string): GatewayError {
  return new GatewayError("unauthorized", { path: "cf-aig-authorization", cause, explanation });
}
