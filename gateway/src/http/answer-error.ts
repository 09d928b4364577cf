import { GatewayError } from "../core/errors.ts";
import type { HeaderList } from "../core/header-list.ts";
import type { RefusalReason } from "../http1/server-connection.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import { renderError } from "../pipeline/render-error.ts";

/** Answers a request that could not be read as HTTP, or a client for which there is no room; the connection closes after it. */
export function refuseUnreadable(fault: RefusalReason, response: ResponseSink): void {
  answerError(errorFor(fault), response, fault === "too_many" ? ["retry-after", RETRY_AFTER_SECONDS] : []);
}

/** Connections come and go; whoever was turned away may find room in a moment. */
const RETRY_AFTER_SECONDS = "1";

/** Answers with an error that concerns no provider. */
export function answerError(error: GatewayError, response: ResponseSink, fields: HeaderList = []): void {
  const body = renderError(error, null);
  response.head(
    error.definition.status,
    ["content-type", "application/json", "content-length", String(body.length), ...fields],
    "length",
  );
  response.write(body);
  response.end();
}

function errorFor(fault: RefusalReason): GatewayError {
  if (fault === "too_many") return new GatewayError("tooManyConnections");
  if (fault === "too_slow") return new GatewayError("clientTooSlow");
  const message = fault.message;
  if (fault.fault === "head_too_large") return new GatewayError("headTooLarge", { message });
  if (fault.fault === "body_too_large") return new GatewayError("bodyTooLarge", { message });
  return new GatewayError("malformedHttp", { message: `Malformed HTTP request: ${message}` });
}
