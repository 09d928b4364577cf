import { GatewayError } from "../core/errors.ts";
import type { ProtocolError } from "../http1/protocol-error.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import { renderError } from "../pipeline/render-error.ts";

/** Answers a request that could not be read as HTTP; the connection closes after it. */
export function refuseUnreadable(fault: ProtocolError | "too_slow", response: ResponseSink): void {
  answerError(errorFor(fault), response);
}

/** Answers with an error that concerns no provider. */
export function answerError(error: GatewayError, response: ResponseSink): void {
  const body = renderError(error, null);
  response.head(
    error.definition.status,
    ["content-type", "application/json", "content-length", String(body.length)],
    "length",
  );
  response.write(body);
  response.end();
}

function errorFor(fault: ProtocolError | "too_slow"): GatewayError {
  if (fault === "too_slow") return new GatewayError("clientTooSlow");
  const message = fault.message;
  if (fault.fault === "head_too_large") return new GatewayError("headTooLarge", { message });
  if (fault.fault === "body_too_large") return new GatewayError("bodyTooLarge", { message });
  return new GatewayError("malformedHttp", { message: `Malformed HTTP request: ${message}` });
}
