import { errorCatalogue, GatewayError } from "../core/errors.ts";
import { findDialect } from "../dialects/registry.ts";
import type { RequestBodyFailure } from "../http1/request-body.ts";
import { compatDialect } from "../providers/compat-endpoints.ts";
import type { Admitted } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import { addGatewayFields } from "./gateway-fields.ts";
import { CLIENT_CLOSED_STATUS, recordRefusal } from "./record-attempt.ts";
import { renderError } from "./render-error.ts";
import { COMPAT, type Resolved } from "./resolve.ts";

/**
 * The ending of a request that no provider answered: records it where no attempt did, and answers with the error in the
 * form the caller's vendor uses. `resolved` is null when not even the gateway was found: such requests are not recorded.
 */
export function refuse(exchange: Exchange, resolved: Resolved | Admitted | null, thrown: unknown): void {
  if (exchange.isClientGone || isBodyFailure(thrown)) {
    // The connection has answered for itself, or has nobody left to answer to.
    recordLoss(exchange, resolved, thrown);
    return;
  }
  const error = thrown instanceof GatewayError ? thrown : asInternal(exchange, thrown);
  const { code, status } = error.definition;
  if (resolved !== null && exchange.attempts.length === 0) {
    const cause = error.details.cause ?? error.details.path ?? error.message;
    recordRefusal(exchange, resolved, { outcome: "refused", statusCode: status, errorCode: code, cause });
  }
  const last = exchange.attempts.at(-1);
  const { response, head } = exchange.request;
  const body = renderError(error, dialectOf(resolved), exchange.isRest);
  if (response.isHeadSent) {
    // An answer is under way: nothing of ours may follow it, and it must not look whole.
    response.break();
    return;
  }
  if (response.refused !== undefined) {
    response.refused(error);
    return;
  }
  const fields = ["content-type", "application/json", "content-length", String(body.length)];
  // Whoever refuses a version names the one it takes (RFC 6455 §4.4).
  if (status === errorCatalogue.upgradeRequired.status) fields.push("sec-websocket-version", "13");
  addGatewayFields(fields, exchange, { logId: last?.logId ?? exchange.requestId, step: last?.step ?? 0 });
  response.head(status, fields, head.method === "HEAD" ? "none" : "length");
  response.write(body);
  response.end();
}

function recordLoss(exchange: Exchange, resolved: Resolved | Admitted | null, thrown: unknown): void {
  if (resolved === null || exchange.attempts.length > 0) return;
  if (isBodyFailure(thrown) && thrown !== "client_gone") {
    const name =
      thrown === "too_slow" ? "clientTooSlow" : thrown.fault === "body_too_large" ? "bodyTooLarge" : "malformedHttp";
    const { status, code } = errorCatalogue[name];
    const cause = thrown === "too_slow" ? thrown : thrown.fault;
    recordRefusal(exchange, resolved, { outcome: "refused", statusCode: status, errorCode: code, cause });
    return;
  }
  recordRefusal(exchange, resolved, {
    outcome: "client_aborted",
    statusCode: CLIENT_CLOSED_STATUS,
    errorCode: null,
    cause: "client_gone",
  });
}

function dialectOf(resolved: Resolved | null): ReturnType<typeof findDialect> | null {
  if (resolved?.providerSlug == null) return null;
  if (resolved.run !== null) return null;
  if (resolved.providerSlug === COMPAT) return findDialect(compatDialect(resolved.rest));
  const provider = resolved.account.providers.get(resolved.providerSlug);
  return provider === undefined ? null : findDialect(provider.dialectFor(resolved.rest));
}

function isBodyFailure(thrown: unknown): thrown is RequestBodyFailure {
  return typeof thrown === "string" || (thrown instanceof Error && thrown.name === "ProtocolError");
}

/** What went wrong is for the operator's log alone: it may name files, addresses and what was sent. */
function asInternal({ gateway, requestId }: Exchange, error: unknown): GatewayError {
  gateway.onFault({ requestId, error });
  return new GatewayError("internal", { message: `Internal error; the log tells more of request ${requestId}` });
}
