import { GatewayError } from "../../core/errors.ts";
import { headerValue, type HeaderList, withoutHeaders } from "../../core/header-list.ts";
import type { CredentialField } from "../../providers/provider.ts";
import { queryParameter } from "../../providers/query-parameters.ts";
import { routeUpstream } from "../../providers/route-upstream.ts";
import type { CompiledProvider } from "../../providers/registry.ts";
import { newKey, readHandshake } from "../../websocket/handshake.ts";
import type { Admitted } from "../authenticate.ts";
import type { Exchange } from "../exchange.ts";
import { fieldsToForward } from "../fields-to-forward.ts";
import { protocolsToForward, queryToForward } from "../forward-headers.ts";
import { ownTokens } from "../own-tokens.ts";
import type { Controls } from "../read-controls.ts";
import { requestTimeoutMs, retryPolicy } from "../read-try-controls.ts";
import { COMPAT } from "../resolve.ts";
import type { Step } from "../step.ts";

/**
 * Turns the opening of a WebSocket into the one target to try (reference §1.9): the handshake goes on to the provider's own socket.
 * @throws GatewayError invalidRequest (7001) for a handshake or a path at fault, upgradeRequired (9008), notSupported (9004) on compat.
 */
export function planSocketStep(exchange: Exchange, resolved: Admitted, controls: Controls): Step {
  const { head } = exchange.request;
  const { protocols } = readHandshake(head);
  if (resolved.providerSlug === COMPAT) {
    throw new GatewayError("notSupported", { message: "compat has no WebSockets: open one at the provider itself" });
  }
  const provider = resolved.account.providers.get(resolved.providerSlug as string) as CompiledProvider;
  const credentialIn = provider.provider.socket?.credentialIn;
  const isOwn = ownTokens(exchange.gateway);
  const query = queryToForward(resolved.query, isOwn);
  const upstream = routeUpstream(provider, {
    rest: resolved.rest,
    query,
    headers: handshakeFields(fieldsToForward(exchange), credentialIn?.(protocolsToForward(protocols, isOwn)) ?? null),
    accountId: resolved.accountId,
    isSocket: true,
  });
  return {
    index: 0,
    provider,
    upstream,
    isSocket: true,
    method: "GET",
    path: resolved.rest,
    body: null,
    contentType: null,
    model: upstream.model ?? queryParameter(query, "model"),
    retry: retryPolicy([controls.tries], resolved.settings),
    log: controls.log,
    credential: controls.credential,
    cache: controls.cache,
    requestKeeper: null,
    requestTimeoutMs: requestTimeoutMs([controls.tries]),
  };
}

/**
 * The fields of the provider's handshake: the client's that go on, with a key of its own. Extensions are not offered, because what they change
 * about frames could not be read in passing. A credential among the subprotocols is also sent as the field the vendor documents.
 */
function handshakeFields(headers: HeaderList, credential: CredentialField | null): string[] {
  const fields = withoutHeaders(
    headers,
    (name) => name.startsWith("sec-websocket-") && name !== "sec-websocket-protocol",
  );
  fields.push("sec-websocket-version", "13", "sec-websocket-key", newKey());
  if (credential !== null && headerValue(fields, credential.name) === undefined) {
    fields.push(credential.name, credential.value);
  }
  return fields;
}
